using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Testing;

namespace Gateway.Tests.Proxy;

public sealed class DeadlineTests
{
    [Fact]
    public async Task Deadline_ThatPasses_IsAnswered504()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, time: clock);
        var left = new TaskCompletionSource();
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                context.RequestAborted.Register(() => left.TrySetResult());
                clock.Advance(TimeSpan.FromMilliseconds(1500));
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            };
        }

        using var client = CreateClient(gateway, "1500");
        using var response = await client.PredictAsync();

        await ErrorShape.AssertAsync(response, "/predict", 504);
        await left.Task.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task Deadline_OnASecondAttempt_IsWhatIsLeft()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await GatewayHost.StartAsync(replicas: 2, time: clock);
        var told = new ConcurrentQueue<int>();
        foreach (var replica in gateway.Replicas)
        {
            replica.Answer = async context =>
            {
                told.Enqueue(int.Parse(context.Request.Headers["x-deadline-ms"].ToString(), CultureInfo.InvariantCulture));
                clock.Advance(TimeSpan.FromMilliseconds(100));
                if (told.Count == 1) context.Abort();
                else await context.Response.WriteAsJsonAsync(new { });
            };
        }

        using var client = CreateClient(gateway, "60000");
        using var response = await client.PredictAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var (first, second) = (told.ElementAt(0), told.ElementAt(1));
        Assert.Equal((60_000, 59_900), (first, second));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("0")]
    [InlineData("99999999999999999999")]
    public async Task Deadline_ThatIsNone_IsForTheModelServerToRefuse(string header)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = CreateClient(gateway, header);

        (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();

        Assert.Equal(header, gateway.Replica.Seen.Single().Headers["x-deadline-ms"]);
    }

    private static HttpClient CreateClient(GatewayHost gateway, string deadline)
    {
        var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add("x-deadline-ms", deadline);
        return client;
    }
}
