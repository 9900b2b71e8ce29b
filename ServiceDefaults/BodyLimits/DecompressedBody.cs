using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.BodyLimits;

/// <summary>A compressed request body, read as what it says; the decoder's owner disposes of it.</summary>
internal sealed class DecompressedBody(Stream decoder) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await decoder.ReadAsync(buffer, cancellationToken);
        }
        // Brotli's reader has a word of its own for what it cannot decode.
        catch (Exception e) when (e is InvalidDataException || (e is InvalidOperationException && decoder is BrotliStream))
        {
            throw new RefusedBodyException(StatusCodes.Status400BadRequest, "invalid_content_encoding", "The body is not what its content encoding says, or breaks off.");
        }
    }
}
