using System.Text.Json;

namespace Gateway.Usage;

/// <summary>Passes an answer on to the client and keeps its last bytes, where the <c>usage</c> of a generation stands, in a JSON body, or in
/// the last event or comment of a stream. A stream that ends without one took a token for each of its events.</summary>
internal sealed class UsageSniffer(Stream inner, TokenUsage usage) : Stream
{
    private const int TailBytes = 2048;
    private readonly byte[] _tail = new byte[TailBytes];
    private int _length;
    private long _events;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Completes <paramref name="usage"/> from the bytes kept.</summary>
    public void Finish()
    {
        var tail = _tail.AsSpan(0, _length);
        if (usage.Completion is not null || _length == 0) return;
        if (TryReadComment(tail)) return;
        if (tail.LastIndexOf("\"usage\""u8) is >= 0 and var at && TryRead(tail[(at + "\"usage\"".Length)..])) return;
        if (_events > 0) usage.Completion = _events;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (usage.Completion is null) KeepTail(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    private void KeepTail(ReadOnlySpan<byte> written)
    {
        _events += written.Count("data: {"u8);
        if (written.Length >= TailBytes)
        {
            written[^TailBytes..].CopyTo(_tail);
            _length = TailBytes;
            return;
        }

        var kept = Math.Min(_length, TailBytes - written.Length);
        _tail.AsSpan(_length - kept, kept).CopyTo(_tail);
        written.CopyTo(_tail.AsSpan(kept));
        _length = kept + written.Length;
    }

    /// <summary>Our model servers end every stream with a comment, asked for or not.</summary>
    private bool TryReadComment(ReadOnlySpan<byte> tail)
    {
        if (!ReportedUsage.TryFindComment(tail, out var report)) return false;
        (usage.Prompt, usage.Completion) = (report.PromptTokens, report.CompletionTokens);
        return true;
    }

    private bool TryRead(ReadOnlySpan<byte> rest)
    {
        var from = rest.IndexOf((byte)'{');
        if (from < 0 || rest[..from].ContainsAnyExcept(": \t\r\n"u8)) return false;
        var reader = new Utf8JsonReader(rest[from..], isFinalBlock: false, default);
        try
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var isPrompt = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("prompt_tokens"u8);
                var isCompletion = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("completion_tokens"u8);
                if (!isPrompt && !isCompletion) continue;
                if (!reader.Read() || !reader.TryGetInt64(out var value)) return false;
                if (isPrompt) usage.Prompt = value;
                else usage.Completion = value;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }

        return usage.Completion is not null;
    }
}
