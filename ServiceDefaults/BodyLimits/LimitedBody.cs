using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.BodyLimits;

/// <summary>A request body of unannounced length that fails with 413 once more than the limit has come.</summary>
internal sealed class LimitedBody(Stream inner, long limit) : ReadOnlyStream
{
    private long _left = limit;

    public bool IsExceeded => _left < 0;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsExceeded)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _left -= read;
            if (!IsExceeded) return read;
        }

        throw new BadHttpRequestException("The request body is too large.", StatusCodes.Status413PayloadTooLarge);
    }
}
