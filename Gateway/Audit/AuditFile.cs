using System.Globalization;

namespace Gateway.Audit;

/// <summary>Appends lines to a file. A full file is renamed after the time at which it was closed, and the oldest closed files are deleted.</summary>
internal sealed class AuditFile : IAsyncDisposable
{
    private const string Current = "audit.jsonl", Closed = "audit-*.jsonl";
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private FileStream _file;

    public AuditFile(AuditOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Directory.CreateDirectory(options.Folder!);
        _file = Open();
    }

    private string Path => System.IO.Path.Combine(_options.Folder!, Current);

    public async Task AppendAsync(ReadOnlyMemory<byte> lines)
    {
        // A rotation that failed half-way left none open.
        if (!_file.CanWrite) _file = Open();
        if (_file.Length > 0 && _file.Length + lines.Length > _options.FileBytes) await RotateAsync();
        await _file.WriteAsync(lines);
    }

    public Task FlushAsync() => _file.FlushAsync();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async Task RotateAsync()
    {
        await _file.DisposeAsync();
        var stamp = _time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'.'fffffff'Z'", CultureInfo.InvariantCulture);
        File.Move(Path, System.IO.Path.Combine(_options.Folder!, $"audit-{stamp}-{Guid.NewGuid():N}.jsonl"));
        // Their names sort as their times do.
        foreach (var old in Directory.GetFiles(_options.Folder!, Closed).Order(StringComparer.Ordinal).SkipLast(_options.KeptFiles)) File.Delete(old);
        _file = Open();
    }

    private FileStream Open() => new(Path, FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
}
