using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>The gateway before two model servers behind one address, as a container platform places them: one of them is taken out of
/// rotation and stopped under load, as a rolling update or a scale-in does.</summary>
public sealed class LoadBalancedPlatformTests(ITestOutputHelper output)
{
    private const int Clients = 8;
    private readonly int[] _answered = new int[Clients];

    [NeedsFact(Need.Linux)]
    public async Task ModelServer_StoppedBehindALoadBalancer_CostsNoRequest()
    {
        await using var one = ModelServer();
        await using var other = ModelServer();
        await Task.WhenAll(one.ReadyAsync(), other.ReadyAsync());
        await using var balancer = await RoundRobinBalancer.StartAsync(one.Address, other.Address);
        await using var gateway = Started(new("Gateway", new Dictionary<string, string>
        {
            ["Replicas__Dns"] = balancer.Address.ToString(),
            ["Replicas__LoadBalanced"] = "true",
            ["Proxy__Http2"] = "false",
        }));
        await gateway.ReadyAsync();

        using var end = new CancellationTokenSource();
        var failures = new ConcurrentBag<string>();
        var load = Enumerable.Range(0, Clients).Select(i => Task.Run(() => AskAsync(gateway.Address, i, failures, end.Token))).ToArray();
        await AnsweredAsync(20);
        balancer.Remove(one.Address);
        PlatformProcess.Signal(one.Id, PlatformProcess.Terminate);
        await Eventually.HoldsAsync(() => !one.IsRunning, () => one.Output);
        await AnsweredAsync(20);
        await end.CancelAsync();
        await Task.WhenAll(load);

        output.WriteLine($"{_answered.Sum()} requests, {failures.Count} failed");
        Assert.Empty(failures);
        Assert.True(other.IsRunning);
    }

    private static ServiceProcess ModelServer() => Started(new("ModelServer", new Dictionary<string, string>
    {
        ["Models__Folder"] = RepositoryPaths.Models,
        ["Inference__Device"] = "cpu",
        ["Inference__Cores"] = "1",
        // As in production; development has none.
        ["Drain__Notice"] = "00:00:02",
    }));

    private static ServiceProcess Started(ServiceProcess process)
    {
        process.Start();
        return process;
    }

    private async Task AskAsync(Uri gateway, int number, ConcurrentBag<string> failures, CancellationToken end)
    {
        using var client = new HttpClient { BaseAddress = gateway, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", RunningPlatform.CreateToken(tier: "bench", subject: $"client-{number}")) } };
        for (var i = 0; !end.IsCancellationRequested; i++)
        {
            // Another text every time, so that the cache does not answer for the engine.
            using var response = await client.PostAsJsonAsync("/predict", new { model = "sentiment", text = $"Film {number} of night {i} was beautifully acted." }, CancellationToken.None);
            if (!response.IsSuccessStatusCode) failures.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(CancellationToken.None)}");
            Interlocked.Increment(ref _answered[number]);
        }
    }

    /// <summary>Waits until each client has had so many answers more.</summary>
    private async Task AnsweredAsync(int times)
    {
        var before = _answered.ToArray();
        await Eventually.HoldsAsync(() => Enumerable.Range(0, Clients).All(i => Volatile.Read(ref _answered[i]) >= before[i] + times));
    }
}
