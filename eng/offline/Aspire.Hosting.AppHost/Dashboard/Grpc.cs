using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>gRPC over HTTP/2: a frame is a zero byte, the length in four bytes and the message; the status is a trailer.</summary>
internal static class Grpc
{
    public const int Ok = 0, Cancelled = 1, Unimplemented = 12, Internal = 13, Unauthenticated = 16;
    private const int HeaderLength = 5;

    /// <summary>The next message of the request; null at its end.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (TryFrame(read.Buffer, out var message, out var end))
            {
                reader.AdvanceTo(end);
                return message;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    public static async Task SendAsync(HttpContext context, ProtoWriter message, CancellationToken cancellationToken)
    {
        var body = context.Response.BodyWriter;
        var header = body.GetSpan(HeaderLength);
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], message.Written.Length);
        body.Advance(HeaderLength);
        body.Write(message.Written.Span);
        await body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task> call)
    {
        context.Response.ContentType = "application/grpc";
        var (status, message) = (Ok, "");
        try
        {
            await call(context).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            (status, message) = (e.Status, e.Message);
        }
        catch (OperationCanceledException)
        {
            (status, message) = (Cancelled, "cancelled");
        }
        catch (Exception e)
        {
            (status, message) = (Internal, e.Message);
        }

        if (context.RequestAborted.IsCancellationRequested) return;
        // A failure before the first message goes into the headers: clients look there for UNIMPLEMENTED.
        if (!context.Response.HasStarted && status != Ok)
        {
            context.Response.Headers["grpc-status"] = status.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
            return;
        }

        context.Response.AppendTrailer("grpc-status", status.ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0) context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }

    private static bool TryFrame(ReadOnlySequence<byte> buffer, out ReadOnlyMemory<byte> message, out SequencePosition end)
    {
        (message, end) = (default, buffer.Start);
        if (buffer.Length < HeaderLength) return false;
        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        if (header[0] != 0) throw new GrpcException(Unimplemented, "compressed messages are not supported");
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (buffer.Length < HeaderLength + length) return false;
        message = buffer.Slice(HeaderLength, length).ToArray();
        end = buffer.GetPosition(HeaderLength + length);
        return true;
    }
}

internal sealed class GrpcException(int status, string message) : Exception(message)
{
    public int Status => status;
}
