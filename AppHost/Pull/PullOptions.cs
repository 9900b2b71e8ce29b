namespace AppHost.Pull;

/// <summary>How files are fetched.</summary>
internal sealed record PullOptions
{
    /// <summary>Ranges of one file that are fetched at a time.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Bytes of a range; a smaller file is one.</summary>
    public long ChunkBytes { get; init; } = 16 << 20;

    /// <summary>The wait behind a first failure; it doubles with each that follows without a byte between.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Failures in a row, without a byte between, after which the pull gives up.</summary>
    public int MostFailures { get; init; } = 5;

    /// <summary>How long a connection may be silent.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The bytes that may be written to the disk of a folder.</summary>
    public Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;
}
