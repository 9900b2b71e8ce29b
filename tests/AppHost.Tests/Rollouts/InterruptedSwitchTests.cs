using System.Net;
using AppHost.Tests.Platform;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Rollouts;

/// <summary>A model server, a gateway or Redis dies at every step of an activation: before it is asked for, while the version is loaded, as it becomes active,
/// and after it. The platform ends with one active version, the same everywhere. Only the two steps in the middle unless <c>ROLLOUT_ROUNDS</c> asks for more.</summary>
public class InterruptedSwitchTests(ITestOutputHelper output)
{
    private static readonly string[] Steps = SwitchTests.Rounds > 1 ? ["asked", "loading", "flip", "after"] : ["loading", "flip"];

    [NeedsFact(Need.Linux)]
    public async Task Activation_InterruptedAtEveryStep_EndsWithOneActiveVersion()
    {
        await using var cluster = await RolloutCluster.StartAsync(await EmbeddedGarnet.StartAsync(), settings: new Dictionary<string, string> { ["RolloutPolicy__Probation"] = "00:00:01" });
        var version = 1;
        foreach (var (name, kill, revive) in Victims(cluster))
            foreach (var step in Steps) output.WriteLine($"{name}, {step}: {await InterruptAsync(cluster, $"{++version}", step, kill, revive)}, version {version} is active");
    }

    private static IEnumerable<(string Name, Func<Task> Kill, Func<Task> Revive)> Victims(RolloutCluster cluster)
    {
        yield return ("model server", cluster.Servers[1].KillAsync, () => StartAsync(cluster.Servers[1]));
        yield return ("gateway", cluster.Gateways[1].KillAsync, () => StartAsync(cluster.Gateways[1]));
        yield return ("Redis", () => { cluster.Redis.Kill(); return Task.CompletedTask; }, cluster.Redis.RestartAsync);

        static Task StartAsync(ServiceProcess service)
        {
            service.Start();
            return service.ReadyAsync();
        }
    }

    /// <returns>How the command was answered.</returns>
    private static async Task<HttpStatusCode> InterruptAsync(RolloutCluster cluster, string version, string step, Func<Task> kill, Func<Task> revive)
    {
        cluster.AddVersion(version);
        await cluster.UntilAsync(card => RolloutCluster.StateOf(card, version) is not null, what: $"{version} is offered");
        if (step == "asked") await kill();
        var (asked, _) = await cluster.PostAsync($"versions/{version}/activate");
        if (step == "loading") await kill();
        if (step == "flip")
        {
            await cluster.UntilAsync(card => RolloutCluster.StateOf(card, version) is "ready" || RolloutCluster.Active(card) == version);
            await kill();
        }

        if (step == "after" && asked != HttpStatusCode.ServiceUnavailable)
        {
            await cluster.UntilAsync(card => RolloutCluster.Active(card) == version);
            await kill();
        }

        await revive();
        await cluster.ReadyAsync();
        // Whoever could not ask, since Redis was away, asks again.
        if (asked == HttpStatusCode.ServiceUnavailable)
            await Eventually.HoldsAsync(async () => (await cluster.PostAsync($"versions/{version}/activate")).Status is HttpStatusCode.OK or HttpStatusCode.Accepted);
        foreach (var gateway in new[] { 0, 1 }) await cluster.UntilAsync(card => RolloutCluster.Active(card) == version, gateway, $"{step}: {version} is active");
        await EveryServerAnswersWithAsync(cluster, version);
        // The probation ends, so that the next one may begin.
        await cluster.UntilAsync(card => RolloutCluster.Stage(card) is null, what: "probation");
        return asked;
    }

    /// <summary>Asks each model server itself, so that none hides behind another.</summary>
    private static async Task EveryServerAnswersWithAsync(RolloutCluster cluster, string version)
    {
        foreach (var server in cluster.Servers)
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            client.DefaultRequestHeaders.Authorization = new("Bearer", RunningPlatform.CreateToken());
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
