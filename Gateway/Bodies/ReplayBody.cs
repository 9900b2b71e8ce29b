using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Bodies;

/// <summary>A request body that buffers what is read, up to a limit, so that it can be read again from the start.
/// Nothing touches the disk; a body beyond the limit streams through, and its buffer is discarded. One reader at a time.</summary>
internal sealed class ReplayBody(PipeReader source, int limit) : ReadOnlyStream
{
    private byte[] _buffer = [];
    private int _length;
    private int _position;
    private bool _isAtEnd;
    private bool _isDiscarded;

    /// <summary>Whether everything read so far is still buffered.</summary>
    public bool CanRewind => !_isDiscarded;

    /// <summary>Goes back to the start; false when the buffer has been discarded.</summary>
    public bool TryRewind()
    {
        _position = 0;
        return !_isDiscarded;
    }

    /// <summary>Whether <see cref="Buffered"/> is the whole body.</summary>
    public bool IsWhole => _isAtEnd && !_isDiscarded;

    /// <summary>The exception that ended reading from the client, or null. A read that its reader cancelled does not count: the next one continues where it stopped.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The part of the body that is buffered.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(0, _length);

    /// <summary>Reads up to the limit and goes back to the start, so that a small body can be inspected before it is sent.</summary>
    public async ValueTask ReadAheadAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var read = -1;
            while (read != 0 && _length < limit) read = await ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, limit - _length)), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _position = 0;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _length) return _isAtEnd ? new(0) : ReadOnAsync(buffer, cancellationToken);
        var again = Math.Min(buffer.Length, _length - _position);
        _buffer.AsMemory(_position, again).CopyTo(buffer);
        _position += again;
        return new(again);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Discard();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var result = await FetchAsync(cancellationToken);
        var read = (int)Math.Min(result.Buffer.Length, buffer.Length);
        var taken = result.Buffer.Slice(0, read);
        taken.CopyTo(buffer.Span);
        _isAtEnd = result.IsCompleted && read == result.Buffer.Length;
        source.AdvanceTo(taken.End);
        if (!_isDiscarded) Store(buffer.Span[..read]);
        return read;
    }

    /// <summary>Waits for bytes or the end. A reader that gives up cancels the pipe's read, never by its token: after that Kestrel takes a body of
    /// announced length for one that is still being read, so that neither a second attempt nor the server itself could read the rest.</summary>
    private async ValueTask<ReadResult> FetchAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var stop = cancellationToken.UnsafeRegister(static pipe => ((PipeReader)pipe!).CancelPendingRead(), source);
        while (true)
        {
            var result = await ReadSourceAsync();
            if (!result.IsCanceled && (result.IsCompleted || !result.Buffer.IsEmpty)) return result;
            source.AdvanceTo(result.Buffer.Start);
            // Else it was cancelled on behalf of an earlier reader, too late for that one's read.
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async ValueTask<ReadResult> ReadSourceAsync()
    {
        try
        {
            return await source.ReadAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            Failure = e;
            throw;
        }
    }

    private void Store(ReadOnlySpan<byte> read)
    {
        if (_length + read.Length > limit)
        {
            Discard();
            return;
        }

        if (_length + read.Length > _buffer.Length) Grow(_length + read.Length);
        read.CopyTo(_buffer.AsSpan(_length));
        _position = _length += read.Length;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Discard()
    {
        _isDiscarded = true;
        _position = _length = 0;
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
