using System.Text;

namespace Aspire.Hosting.Dashboard;

/// <summary>Reads one protobuf message field by field; who reads ignores the fields it does not know.</summary>
internal static class ProtoReader
{
    public static IEnumerable<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        while (message.Length > 0)
        {
            var tag = Varint(ref message);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return (field, Varint(ref message), default);
                    break;
                case 1:
                    message = message[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref message);
                    yield return (field, 0, message[..length]);
                    message = message[length..];
                    break;
                case 5:
                    message = message[4..];
                    break;
                default:
                    throw new GrpcException(Grpc.Internal, $"wire type {tag & 7}");
            }
        }
    }

    public static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0UL;
        var span = message.Span;
        for (int i = 0, shift = 0; i < span.Length; i++, shift += 7)
        {
            value |= (ulong)(span[i] & 0x7f) << shift;
            if (span[i] >= 0x80) continue;
            message = message[(i + 1)..];
            return value;
        }

        throw new GrpcException(Grpc.Internal, "truncated number");
    }
}
