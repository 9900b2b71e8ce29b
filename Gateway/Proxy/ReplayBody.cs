using System.Buffers;

namespace Gateway.Proxy;

/// <summary>A request body that remembers what was read of it, up to a limit, so that it can be read again from the start.
/// Nothing is read ahead and nothing touches the disk; a body beyond the limit flows on and is forgotten.</summary>
internal sealed class ReplayBody(Stream inner, int limit) : Stream
{
    private byte[] _kept = [];
    private int _length;
    private int _position;
    private bool _isForgotten;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Goes back to the start; false once more than the limit has been read.</summary>
    public bool TryRewind()
    {
        _position = 0;
        return !_isForgotten;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _length)
        {
            var again = Math.Min(buffer.Length, _length - _position);
            _kept.AsMemory(_position, again).CopyTo(buffer);
            _position += again;
            return again;
        }

        var read = await inner.ReadAsync(buffer, cancellationToken);
        if (!_isForgotten) Keep(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) Forget();
        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> read)
    {
        if (_length + read.Length > limit)
        {
            Forget();
            return;
        }

        if (_length + read.Length > _kept.Length) Grow(_length + read.Length);
        read.CopyTo(_kept.AsSpan(_length));
        _position = _length += read.Length;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _kept.Length * 2));
        _kept.AsSpan(0, _length).CopyTo(larger);
        if (_kept.Length > 0) ArrayPool<byte>.Shared.Return(_kept);
        _kept = larger;
    }

    private void Forget()
    {
        _isForgotten = true;
        _position = _length = 0;
        if (_kept.Length > 0) ArrayPool<byte>.Shared.Return(_kept);
        _kept = [];
    }
}
