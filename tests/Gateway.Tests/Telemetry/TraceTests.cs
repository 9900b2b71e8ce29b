using System.Diagnostics;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Telemetry;

public sealed class TraceTests
{
    [Theory]
    [InlineData("01")]
    [InlineData("00")]
    public async Task Request_OfATrace_CarriesItOnToTheReplica_WithTheCallersDecision(string sampled)
    {
        await using var gateway = await GatewayHost.StartAsync();
        // Not traced itself: the gateway's instrumentation hears of every other client in this process.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create());
        var (trace, span) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{span}-{sampled}");

        (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        var sent = gateway.Replica.Seen.Single().Headers["traceparent"].Split(',');
        Assert.Equal(["00", trace.ToString(), sampled], Assert.Single(sent).Split('-') is [var version, var id, _, var flags] ? [version, id, flags] : sent);
        Assert.NotEqual(span.ToString(), sent[0].Split('-')[2]);
    }
}
