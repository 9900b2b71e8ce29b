using System.Diagnostics;

namespace Testing;

/// <summary>A folder on a file system of its own of a few megabytes, which can be filled without harm to others; a plain folder where none can be mounted.</summary>
public sealed class SmallDisk : IDisposable
{
    private const int Megabytes = 4;
    private readonly string? _reason;

    private SmallDisk(string folder, string? reason) => (Folder, _reason) = (folder, reason);

    /// <summary>Why this machine mounts none; null where it does.</summary>
    public static string? Missing { get; } = Try();

    public string Folder { get; }

    /// <summary>Why it cannot be filled; null where it can.</summary>
    public string? CannotFill => _reason;

    private string Filler => Path.Combine(Folder, "filler");

    public static SmallDisk Mount(string folder)
    {
        Unmount(folder);
        Directory.CreateDirectory(folder);
        if (!Environment.IsPrivilegedProcess) return new(folder, "mounting a small file system needs root");
        var reason = Run("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m", "tmpfs", folder);
        return new(folder, reason is null ? null : $"no small file system could be mounted ({reason})");
    }

    /// <summary>Removes what an interrupted run left.</summary>
    public static void Unmount(string folder)
    {
        if (OperatingSystem.IsLinux() && File.ReadLines("/proc/mounts").Any(line => line.Split(' ')[1] == folder)) Run("umount", "-l", folder);
    }

    /// <summary>Writes until nothing fits any more.</summary>
    public void Fill()
    {
        if (CannotFill is not null) throw new InvalidOperationException(CannotFill);
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            var bytes = new byte[4096];
            while (true) file.Write(bytes);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose() => Unmount(Folder);

    private static string? Try()
    {
        var folder = Directory.CreateTempSubdirectory("small-disk-").FullName;
        using (var disk = Mount(folder))
        {
            if (disk.CannotFill is { } reason) return reason;
        }

        Directory.Delete(folder);
        return null;
    }

    /// <returns>What it wrote to standard error; null where it succeeded.</returns>
    private static string? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
