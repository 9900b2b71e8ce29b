using System.Buffers;
using ServiceDefaults.BodyLimits;

namespace ServiceDefaults.JsonBodies;

/// <summary>A JSON body that keeps what its endpoint reads of it, so that an error can say what stands there.</summary>
/// <param name="type">What the endpoint makes of it.</param>
/// <param name="canCome">Whether the request has a body at all.</param>
internal sealed class JsonBody(Stream inner, Type type, bool canCome) : ReadOnlyStream
{
    private byte[] _kept = [];
    private int _length;
    private bool _isAtEnd = !canCome;

    public Type Type => type;

    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, _length);

    /// <summary>Whether nothing came at all.</summary>
    public bool IsEmpty => _length == 0 && _isAtEnd;

    /// <summary>Whether it says <c>null</c>.</summary>
    public bool IsNull => Kept.Trim(" \t\r\n"u8).SequenceEqual("null"u8);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _isAtEnd = read == 0 && buffer.Length > 0;
        Keep(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Replace([]);
        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> read)
    {
        if (_length + read.Length > _kept.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + read.Length, _kept.Length * 2));
            Kept.CopyTo(larger);
            Replace(larger);
        }

        read.CopyTo(_kept.AsSpan(_length));
        _length += read.Length;
    }

    private void Replace(byte[] buffer)
    {
        if (_kept.Length > 0) ArrayPool<byte>.Shared.Return(_kept);
        _kept = buffer;
        if (buffer.Length == 0) _length = 0;
    }
}
