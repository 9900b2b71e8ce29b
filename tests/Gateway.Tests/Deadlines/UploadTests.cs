using System.Net;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Deadlines;

public sealed class UploadTests
{
    private static readonly (string, string)[] Reading = [("RateLimiting:Tiers:default:TokensPerMinute", "100000")];

    /// <summary>The deadline was read behind limits and body: an upload of five seconds with a deadline of one was served.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deadline_ThatPassesWhileTheBodyComes_IsAnswered504(bool readAhead)
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(time: clock, settings: readAhead ? Reading : []);
        gateway.Replica.Answer = context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await using var connection = await RawConnection.OpenAsync(gateway.Address);
        await connection.SendAsync($"POST /v1/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestTokens.Create()}\r\nConnection: close\r\nx-deadline-ms: 1000\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{");
        var status = connection.ReadStatusAsync();

        await Eventually.HoldsAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return status.IsCompleted;
        });

        Assert.Equal(504, await status);
    }

    [Fact]
    public async Task Deadline_AfterASlowUpload_TellsTheModelServerWhatIsLeft()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(time: clock, settings: Reading);
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create());
        client.DefaultRequestHeaders.ExpectContinue = true;
        client.DefaultRequestHeaders.Add("x-deadline-ms", "60000");
        using var content = new LateContent(() => clock.Advance(TimeSpan.FromSeconds(5)));

        using var response = await client.PostAsync("/v1/completions", content);

        Assert.Equal("55000", gateway.Replica.Seen.Single().Headers["x-deadline-ms"]);
    }

    /// <summary>Is sent once the gateway has begun to read; time has passed by then.</summary>
    private sealed class LateContent(Action pass) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            pass();
            await stream.WriteAsync("{\"model\":\"m\"}"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
