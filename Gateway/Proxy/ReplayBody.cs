using System.Buffers;

namespace Gateway.Proxy;

/// <summary>A request body that remembers what was read of it, up to a limit, so that it can be read again from the start.
/// Nothing touches the disk; a body beyond the limit flows on and is forgotten.</summary>
internal sealed class ReplayBody(Stream inner, int limit) : ReadOnlyStream
{
    private byte[] _kept = [];
    private int _length;
    private int _position;
    private bool _isForgotten;

    /// <summary>Whether all that was read so far can be read again.</summary>
    public bool CanRewind => !_isForgotten;

    /// <summary>Goes back to the start; false once more than the limit has been read.</summary>
    public bool TryRewind()
    {
        _position = 0;
        return !_isForgotten;
    }

    /// <summary>Whether <see cref="Kept"/> is known to be all of the body.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>What is kept of the body.</summary>
    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, _length);

    /// <summary>Reads up to the limit and goes back to the start, so that all of a small body can be looked at before it is sent.</summary>
    public async ValueTask ReadAheadAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (!IsWhole && _length < limit) IsWhole = await ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, limit - _length)), cancellationToken) == 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _position = 0;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _length) return IsWhole ? new(0) : ReadOnAsync(buffer, cancellationToken);
        var again = Math.Min(buffer.Length, _length - _position);
        _kept.AsMemory(_position, again).CopyTo(buffer);
        _position += again;
        return new(again);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Forget();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        if (!_isForgotten) Keep(buffer.Span[..read]);
        return read;
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
