using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.BodyLimits;

/// <summary>A request body of unannounced length that fails with 413 once more than the limit has come.</summary>
internal sealed class LimitedBody(Stream inner, long limit) : Stream
{
    private long _left = limit;

    public bool IsExceeded => _left < 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Bodies are read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
