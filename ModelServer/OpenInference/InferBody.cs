using System.Buffers;
using System.Globalization;

namespace ModelServer.OpenInference;

/// <summary>The body of an inference, whole in memory: JSON, and behind it perhaps tensors.</summary>
internal sealed class InferBody : IDisposable
{
    public const string HeaderLength = "Inference-Header-Content-Length";

    /// <summary>What is taken before anything has come, however much was announced.</summary>
    private const int FirstBytes = 256 * 1024;
    private byte[] _bytes = [];
    private int _length;
    private bool _isKept;

    /// <summary>Bytes of the JSON; null where there is nothing else.</summary>
    public int? JsonLength { get; private init; }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <exception cref="InvalidFieldException">The header says what cannot be.</exception>
    public static async ValueTask<InferBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new InferBody { JsonLength = ReadHeader(request) };
        try
        {
            await body.FillAsync(request, cancellationToken);
            if (body.JsonLength > body._length) throw new InvalidFieldException(HeaderLength, $"{HeaderLength} says more than the {body._length} bytes that the body has.");
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Leaves the memory to the collector: a run that nobody waits for may still read it.</summary>
    public void Keep() => _isKept = true;

    public void Dispose()
    {
        if (_bytes.Length > 0 && !_isKept) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _length) = ([], 0);
    }

    private static int? ReadHeader(HttpRequest request)
    {
        var header = request.Headers[HeaderLength];
        if (header.Count == 0) return null;
        if (!int.TryParse(header.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            throw new InvalidFieldException(HeaderLength, $"{HeaderLength} must be the length of the JSON in bytes.");
        return length > 0 ? length : throw new InvalidFieldException(HeaderLength, "Tensors without a description (a JSON of 0 bytes) are not supported.", "unsupported_parameter");
    }

    private async ValueTask FillAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // One more than was announced, so that the end shows without another buffer.
        var announced = (int)Math.Min(request.ContentLength + 1 ?? FirstBytes, int.MaxValue);
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Min(announced, FirstBytes));
        while (await request.Body.ReadAsync(_bytes.AsMemory(_length), cancellationToken) is > 0 and var read)
        {
            _length += read;
            if (_length == _bytes.Length) Grow(announced);
        }
    }

    private void Grow(int announced)
    {
        var wanted = Math.Clamp(announced, _length * 2L, _length * 4L);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(wanted, Array.MaxLength));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
