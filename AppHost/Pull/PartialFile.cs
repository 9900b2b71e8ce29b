using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;

namespace AppHost.Pull;

/// <summary>A file on its way. Its bytes are written to their places; a small file apart says which of them are there.</summary>
internal sealed class PartialFile : IDisposable
{
    private const int DiskFullOnUnix = 28, DiskFullOnWindows = 112;
    private readonly SafeFileHandle _handle;
    private readonly string _statePath;
    private readonly string _content;
    private readonly Lock _saving = new();

    private PartialFile(string path, string statePath, string content, PartialState state)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(Path.GetDirectoryName(statePath)!);
        _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        (_statePath, _content, Size) = (statePath, content, state.Size);
        Chunks = [.. state.Done.Select((done, i) => new FileChunk(i * state.ChunkBytes, Math.Min(state.ChunkBytes, state.Size - (i * state.ChunkBytes)), done))];
        RandomAccess.SetLength(_handle, state.Size);
    }

    public long Size { get; }

    public FileChunk[] Chunks { get; private set; }

    /// <summary>Goes on with what an earlier pull has left, if that is of the same content.</summary>
    public static PartialFile Open(string path, string statePath, string content, long size, long chunkBytes)
        => new(path, statePath, content, Read(path, statePath, content, size) ?? new PartialState(content, size, chunkBytes, new long[(size + chunkBytes - 1) / chunkBytes]));

    /// <summary>The bytes of a file that need not be fetched again.</summary>
    public static long BytesDone(string path, string statePath, string content, long size) => Read(path, statePath, content, size)?.Done.Sum() ?? 0;

    /// <summary>Appends to a chunk; each has one writer.</summary>
    /// <exception cref="PullException">The disk is full.</exception>
    public void Write(FileChunk chunk, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_handle, bytes, chunk.Start + chunk.Done);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is DiskFullOnUnix or DiskFullOnWindows)
        {
            throw new PullException("The disk is full. Make room; the same command goes on from here.", e);
        }

        chunk.Done += bytes.Length;
    }

    /// <summary>For a server that gives nothing but whole files: all is one chunk, from the beginning.</summary>
    public void Join() => Chunks = [new FileChunk(0, Size, 0)];

    /// <summary>Notes what is there.</summary>
    public void Save()
    {
        lock (_saving)
        {
            var state = new PartialState(_content, Size, Chunks is [var first, ..] ? first.Length : 1, [.. Chunks.Select(c => c.Done)]);
            File.WriteAllBytes(_statePath, JsonSerializer.SerializeToUtf8Bytes(state, PartialJson.Default.PartialState));
        }
    }

    /// <summary>Waits until the disk has it all: a folder that is renamed before may be found without its bytes after a power cut.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();

    private static PartialState? Read(string path, string statePath, string content, long size)
    {
        try
        {
            if (!File.Exists(path) || !File.Exists(statePath)) return null;
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(statePath), PartialJson.Default.PartialState);
            return state is not null && state.Fits(content, size) && new FileInfo(path).Length == size ? state : null;
        }
        catch (JsonException)
        {
            // A note that was cut off itself.
            return null;
        }
    }
}

/// <summary>A part of a file that is fetched by one request, or by more where that is cut.</summary>
internal sealed class FileChunk(long start, long length, long done)
{
    private long _done = done;

    public long Start => start;

    public long Length => length;

    /// <summary>Bytes that are there, from its beginning.</summary>
    public long Done
    {
        get => Interlocked.Read(ref _done);
        set => Interlocked.Exchange(ref _done, value);
    }

    public long Remaining => length - Done;
}

internal sealed record PartialState(string Content, long Size, long ChunkBytes, long[] Done)
{
    public bool Fits(string content, long size)
        => Content == content && Size == size && ChunkBytes > 0 && Done.Length == (size + ChunkBytes - 1) / ChunkBytes
            && Done.Select((done, i) => done >= 0 && done <= Math.Min(ChunkBytes, size - (i * ChunkBytes))).All(fits => fits);
}

[JsonSerializable(typeof(PartialState))]
internal sealed partial class PartialJson : JsonSerializerContext;
