using System.Net;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Rollouts;

/// <summary>A model server, a gateway or Redis dies at every step of an activation: before it is asked for, while the version is loaded, as it becomes active,
/// and after it. The platform ends with one active version, the same everywhere. Only the two steps in the middle unless <c>ROLLOUT_ROUNDS</c> asks for more.</summary>
public class InterruptedSwitchTests(ITestOutputHelper output)
{
    private static readonly string[] Steps = SwitchTests.Rounds > 1 ? ["asked", "loading", "flip", "after"] : ["loading", "flip"];

    [NeedsFact(Need.Linux)]
    public async Task ModelServer_KilledAtEveryStep_EndsWithOneActiveVersion()
        => await RunAsync(cluster => (cluster.Servers[1].KillAsync, () => { cluster.Servers[1].Start(); return cluster.Servers[1].ReadyAsync(); }));

    [NeedsFact(Need.Linux)]
    public async Task Gateway_KilledAtEveryStep_EndsWithOneActiveVersion()
        => await RunAsync(cluster => (cluster.Gateways[1].KillAsync, () => { cluster.Gateways[1].Start(); return cluster.Gateways[1].ReadyAsync(); }));

    [NeedsFact(Need.Linux)]
    public async Task Redis_KilledAtEveryStep_EndsWithOneActiveVersion()
        => await RunAsync(cluster => (() => { cluster.Redis.Kill(); return Task.CompletedTask; }, cluster.Redis.RestartAsync));

    private async Task RunAsync(Func<RolloutCluster, (Func<Task> Kill, Func<Task> Revive)> victim)
    {
        await using var cluster = await RolloutCluster.StartAsync(await EmbeddedGarnet.StartAsync(), settings: new Dictionary<string, string> { ["RolloutPolicy__Probation"] = "00:00:01" });
        var (kill, revive) = victim(cluster);
        for (var i = 0; i < Steps.Length; i++)
        {
            var version = $"{i + 2}";
            cluster.AddVersion(version);
            await cluster.UntilAsync(card => RolloutCluster.StateOf(card, version) is not null, what: $"{version} is offered");
            if (Steps[i] == "asked") await kill();
            var asked = await cluster.PostAsync($"versions/{version}/activate");
            if (Steps[i] == "loading") await kill();
            if (Steps[i] == "flip")
            {
                await cluster.UntilAsync(card => RolloutCluster.StateOf(card, version) is "ready" || RolloutCluster.Active(card) == version);
                await kill();
            }

            if (Steps[i] == "after" && asked.Status != HttpStatusCode.ServiceUnavailable)
            {
                await cluster.UntilAsync(card => RolloutCluster.Active(card) == version);
                await kill();
            }

            await revive();
            await cluster.ReadyAsync();
            // Whoever could not ask, since Redis was away, asks again.
            if (asked.Status == HttpStatusCode.ServiceUnavailable)
                await Eventually.HoldsAsync(async () => (await cluster.PostAsync($"versions/{version}/activate")).Status is HttpStatusCode.OK or HttpStatusCode.Accepted);
            foreach (var gateway in new[] { 0, 1 }) await cluster.UntilAsync(card => RolloutCluster.Active(card) == version, gateway, $"{Steps[i]}: {version} is active");
            await EveryServerAnswersWithAsync(cluster, version);
            output.WriteLine($"{Steps[i]}: {asked.Status}, version {version} is active");
            // The probation ends, so that the next one may begin.
            await cluster.UntilAsync(card => RolloutCluster.Stage(card) is null, what: "probation");
        }
    }

    /// <summary>Asks each model server itself, so that none hides behind another.</summary>
    private static async Task EveryServerAnswersWithAsync(RolloutCluster cluster, string version)
    {
        foreach (var server in cluster.Servers)
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            client.DefaultRequestHeaders.Authorization = new("Bearer", Platform.RunningPlatform.CreateToken());
            string? last = null;
            await Eventually.HoldsAsync(async () =>
            {
                using var answer = await client.PostAsync("/predict", new StringContent($$"""{"text":"Fine.","model":"{{RolloutCluster.Model}}"}""", null, "application/json"));
                last = $"{answer.StatusCode} {(answer.Headers.TryGetValues("x-model-version", out var values) ? values.Single() : null)}";
                return last == $"OK {version}";
            }, () => $"{last} instead of {version}");
        }
    }
}
