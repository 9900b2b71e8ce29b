using System.Buffers;
using System.Net;

namespace Gateway.Proxy;

/// <summary>Why an event stream ended before its model server had ended it.</summary>
internal enum StreamEnd
{
    Broken,
    Silent,
    DeadlinePassed,
}

/// <summary>Wraps a model server's event stream so that its failure becomes a last event. YARP would cut the client's connection, and a client
/// could not tell that from trouble on its own way here.</summary>
/// <param name="path">What was asked; the last event has the form of its errors.</param>
/// <param name="idle">The longest silence.</param>
/// <param name="left">The time that the caller's deadline leaves; infinite without one.</param>
/// <param name="ended">Called when the stream has come to its end: its trailers are there.</param>
/// <param name="cut">Called with the reason when the stream ends early.</param>
internal sealed class EventStreamContent(HttpContent inner, PathString path, TimeSpan idle, TimeSpan left, TimeProvider time, Action ended, Action<StreamEnd> cut) : HttpContent
{
    protected override async Task<Stream> CreateContentReadStreamAsync() => new EventStream(await inner.ReadAsStreamAsync(), path, idle, left, time, ended, cut);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("Answers are read, not written.");

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Passes whole events on as they come (WHATWG HTML §9.2). One that is not complete yet is held back, so that an error is never appended to half an event;
/// one larger than the buffer goes through in parts.</summary>
internal sealed class EventStream(Stream inner, PathString path, TimeSpan idle, TimeSpan left, TimeProvider time, Action ended, Action<StreamEnd> cut) : ReadOnlyStream
{
    private const int BufferBytes = 16 * 1024;

    private static readonly ApiError Broken = new(503, "The model server broke off.") { Code = "unavailable" };
    private static readonly ApiError Late = new(504, "The deadline passed, or the model server fell silent.") { Code = "deadline_exceeded" };

    private readonly long _start = time.GetTimestamp();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private CancellationTokenSource? _patience;
    private int _length;
    private int _ready;
    private bool _isWithin;
    private bool _isOver;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // YARP first reads zero bytes, to learn when there is something to read.
        while (_ready == 0 && !_isOver)
        {
            await FillAsync(cancellationToken);
            if (buffer.Length == 0) break;
        }

        var count = Math.Min(buffer.Length, _ready);
        _buffer.AsMemory(0, count).CopyTo(buffer);
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        (_ready, _length) = (_ready - count, _length - count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer.Length > 0)
        {
            _patience?.Dispose();
            inner.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _length, _ready) = ([], 0, 0);
        }

        base.Dispose(disposing);
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var remaining = left == Timeout.InfiniteTimeSpan ? idle : left - time.GetElapsedTime(_start);
        try
        {
            _patience ??= new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            await using var leaving = cancellationToken.UnsafeRegister(static patience => ((CancellationTokenSource)patience!).Cancel(), _patience);
            _patience.CancelAfter(remaining <= TimeSpan.Zero ? TimeSpan.Zero : remaining < idle ? remaining : idle);
            var read = await inner.ReadAsync(_buffer.AsMemory(_length), _patience.Token);
            _patience.CancelAfter(Timeout.InfiniteTimeSpan);
            _length += read;
            _isOver = read == 0;
            if (_isOver) ended();
            var whole = EndOfLastEvent(_buffer.AsSpan(0, _length));
            _isWithin = whole == 0 && (_isWithin || _length == _buffer.Length);
            _ready = _isOver || _isWithin ? _length : whole;
        }
        catch (IOException)
        {
            End(StreamEnd.Broken, Broken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            End(remaining <= idle && left != Timeout.InfiniteTimeSpan ? StreamEnd.DeadlinePassed : StreamEnd.Silent, Late);
        }
    }

    private void End(StreamEnd reason, ApiError error)
    {
        cut(reason);
        // What is left of an event that was too large to hold back ends here.
        byte[] last = [.. _isWithin ? "\n\n"u8 : [], .. error.ToEvent(path)];
        last.CopyTo(_buffer, 0);
        _ready = _length = last.Length;
        _isOver = true;
    }

    private static int EndOfLastEvent(ReadOnlySpan<byte> bytes)
        => Math.Max(End(bytes.LastIndexOf("\n\n"u8), 2), Math.Max(End(bytes.LastIndexOf("\r\n\r\n"u8), 4), End(bytes.LastIndexOf("\r\r"u8), 2)));

    private static int End(int index, int length) => index < 0 ? 0 : index + length;
}
