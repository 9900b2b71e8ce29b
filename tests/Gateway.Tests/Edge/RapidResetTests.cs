using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Edge;

/// <summary>HTTP/2 requests opened and reset by the thousand on one connection (CVE-2023-44487): the connection is closed, the gateway serves on.</summary>
public sealed class RapidResetTests
{
    private const byte Headers = 1, Reset = 3, Settings = 4, GoAway = 7;
    private const byte EndStreamAndHeaders = 5;
    private const int EnhanceYourCalm = 11;
    private const int Streams = 5000;

    // HPACK's static table: :method GET, :scheme http, :path /, and :authority x written out.
    private static readonly byte[] Head = [0x82, 0x86, 0x84, 0x41, 0x01, (byte)'x'];

    [Fact]
    public async Task Streams_ResetByTheThousand_EndTheConnectionAlone()
    {
        await using var gateway = await GatewayHost.StartAsync(settings: ("Edge:Http2Streams", "20"));
        await using (var connection = await RawConnection.OpenAsync(gateway.Http2Address))
        {
            await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
            await connection.Stream.WriteAsync(Frame(Settings, 0, 0, []));
            await connection.Stream.WriteAsync(Frame(Headers, EndStreamAndHeaders, 1, Head));
            while (await ReadFrameAsync(connection.Stream) is not { Type: Headers })
            {
            }

            var reading = ReadUntilClosedAsync(connection.Stream);
            await FloodAsync(connection.Stream);

            // The reset of the connection may overtake its reason.
            Assert.Contains(await reading.WaitAsync(TimeSpan.FromSeconds(60)), new[] { EnhanceYourCalm, 0 });
        }

        using var client = new HttpClient
        {
            BaseAddress = gateway.Http2Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders = { Authorization = new("Bearer", TestTokens.Create()) },
        };
        using var response = await client.PostAsJsonAsync("/predict", new { text = "fine" });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task FloodAsync(Stream stream)
    {
        try
        {
            for (var id = 3; id < 2 * Streams; id += 2)
            {
                await stream.WriteAsync(Frame(Headers, EndStreamAndHeaders, id, Head));
                await stream.WriteAsync(Frame(Reset, 0, id, [0, 0, 0, 8]));
            }
        }
        catch (IOException)
        {
            // The server has had enough.
        }
    }

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>The error with which the server ends the connection; 0 when it just closes.</summary>
    private static async Task<int> ReadUntilClosedAsync(Stream stream)
    {
        var error = 0;
        try
        {
            while (true)
            {
                var (type, payload) = await ReadFrameAsync(stream);
                if (type == GoAway) error = Math.Max(error, BinaryPrimitives.ReadInt32BigEndian(payload.AsSpan(4)));
            }
        }
        catch (IOException)
        {
            return error;
        }
    }

    private static async Task<(byte Type, byte[] Payload)> ReadFrameAsync(Stream stream)
    {
        var head = new byte[9];
        await stream.ReadExactlyAsync(head);
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8];
        await stream.ReadExactlyAsync(payload);
        return (head[3], payload);
    }
}
