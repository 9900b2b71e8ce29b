using System.Buffers;

namespace Gateway.Usage;

/// <summary>A request body whose beginning was read ahead, and is read again from here before the rest.</summary>
internal sealed class PeekedBody(Stream inner, int limit) : Stream
{
    private byte[] _buffer = [];
    private int _length;
    private int _position;

    /// <summary>Whether the beginning is all there is.</summary>
    public bool IsWhole { get; private set; }

    public ReadOnlySpan<byte> Beginning => _buffer.AsSpan(0, _length);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads ahead until the body or the limit ends.</summary>
    /// <param name="expected">The announced length; null for none.</param>
    public async Task FillAsync(long? expected, CancellationToken cancellationToken)
    {
        Grow((int)Math.Min(expected + 1 ?? 4096, limit));
        while (true)
        {
            if (_length == _buffer.Length)
            {
                if (_length >= limit) return;
                Grow(Math.Min(_length * 2, limit));
            }

            var read = await inner.ReadAsync(_buffer.AsMemory(_length), cancellationToken);
            _length += read;
            if (read > 0) continue;
            IsWhole = true;
            return;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _length) return IsWhole ? new(0) : inner.ReadAsync(buffer, cancellationToken);
        var again = Math.Min(buffer.Length, _length - _position);
        _buffer.AsMemory(_position, again).CopyTo(buffer);
        _position += again;
        return new(again);
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
        if (disposing && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _length, _position) = ([], 0, 0);
        }

        base.Dispose(disposing);
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(size, 1));
        Beginning.CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
