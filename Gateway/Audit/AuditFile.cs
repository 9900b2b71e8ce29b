using System.Buffers;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Audit;

/// <summary>Appends lines to a file, several in one write, and whole ones alone: what a full disk cut off is taken back. A full file is renamed after
/// the time at which it was closed, and the oldest closed files are deleted.</summary>
internal sealed class AuditFile : IAsyncDisposable
{
    private const string Current = "audit.jsonl", Closed = "audit-*.jsonl";

    /// <summary>Lines are written at this size at the latest, in bytes.</summary>
    private const int BatchBytes = 1 << 16;

    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _batch = new();
    private int _lines;
    private bool _isFull;
    private SafeFileHandle? _file;

    /// <summary>Of the lines that were written; what may stand behind them was cut off.</summary>
    private long _length;

    public AuditFile(AuditOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Directory.CreateDirectory(options.Folder!);
        _file = Open();
    }

    private string Path => System.IO.Path.Combine(_options.Folder!, Current);

    /// <returns>What became of the lines before this one, where they were written now.</returns>
    public async ValueTask<AuditBatch> AppendAsync(ReadOnlyMemory<byte> line)
    {
        var written = default(AuditBatch);
        var size = _batch.WrittenCount + line.Length;
        var isFull = _length + size > _options.FileBytes && _length + _batch.WrittenCount > 0;
        if (isFull || size > BatchBytes) written = await FlushAsync();
        _isFull |= isFull;
        _batch.Write(line.Span);
        _lines++;
        return written;
    }

    /// <summary>Writes the lines that wait for it; they are given up where that fails.</summary>
    public async ValueTask<AuditBatch> FlushAsync()
    {
        if (_lines == 0) return default;
        try
        {
            if (_isFull) Rotate();
            _file ??= Open();
            await RandomAccess.WriteAsync(_file, _batch.WrittenMemory, _length);
            _length += _batch.WrittenCount;
            return new(_lines, 0, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TakeBack();
            return new(0, _lines, e.Message);
        }
        finally
        {
            _batch.ResetWrittenCount();
            _lines = 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await FlushAsync();
        _file?.Dispose();
    }

    private void Rotate()
    {
        _file?.Dispose();
        // A rotation that fails half-way leaves none open.
        _file = null;
        if (_length > 0)
        {
            var stamp = _time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fffffff'Z'", CultureInfo.InvariantCulture);
            File.Move(Path, System.IO.Path.Combine(_options.Folder!, $"audit-{stamp}-{Guid.NewGuid():N}.jsonl"));
            _length = 0;
            // Their names sort as their times do.
            foreach (var old in Directory.GetFiles(_options.Folder!, Closed).Order(StringComparer.Ordinal).SkipLast(_options.KeptFiles)) File.Delete(old);
        }

        _isFull = false;
    }

    private SafeFileHandle Open()
    {
        var file = File.OpenHandle(Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, FileOptions.Asynchronous);
        _length = RandomAccess.GetLength(file);
        return file;
    }

    private void TakeBack()
    {
        try
        {
            if (_file is not null) RandomAccess.SetLength(_file, _length);
        }
        catch (IOException)
        {
            // The next lines are written over it.
        }
    }
}

/// <summary>What became of lines.</summary>
/// <param name="Reason">Why some were lost; null where none were.</param>
internal readonly record struct AuditBatch(int Written, int Lost, string? Reason);
