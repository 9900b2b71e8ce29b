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
        // In place of the exporter, which nobody answers, it decides: spans are made where somebody listens.
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "System.Net.Http" or "Yarp.ReverseProxy",
            Sample = (ref ActivityCreationOptions<ActivityContext> options)
                => options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);
        await using var gateway = await GatewayHost.StartAsync(settings: [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")]);
        var (trace, span) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());

        var sent = await SendAsync(gateway, $"00-{trace}-{span}-{sampled}");

        Assert.Equal(["00", trace.ToString(), sampled], sent.Split('-') is [var version, var id, _, var flags] ? [version, id, flags] : [sent]);
        Assert.NotEqual(span.ToString(), sent.Split('-')[2]);
    }

    [Theory]
    [InlineData("01")]
    [InlineData("00")]
    public async Task Request_OfATraceThatIsNotSentAnywhere_HandsItOnToTheReplica(string sampled)
    {
        await using var gateway = await GatewayHost.StartAsync();
        var parent = $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-{sampled}";

        Assert.Equal(parent, await SendAsync(gateway, parent));
    }

    private static async Task<string> SendAsync(GatewayHost gateway, string parent)
    {
        // Not traced itself: the gateway's instrumentation hears of every other client in this process.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create());
        client.DefaultRequestHeaders.Add("traceparent", parent);
        (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
        return Assert.Single(gateway.Replica.Seen.Single().Headers["traceparent"].Split(','));
    }
}
