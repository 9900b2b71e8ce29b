using System.Diagnostics;
using System.Globalization;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Rollouts;

/// <summary>Switches, canaries and rollbacks while clients ask. <c>ROLLOUT_ROUNDS</c> asks for more of them.</summary>
public class SwitchTests(ITestOutputHelper output)
{
    private const int Clients = 50;
    private const double CanaryPercent = 10;

    /// <summary>Two copies of one version, and a machine that does other things as well: neither is to be taken back for its times.</summary>
    private static readonly Dictionary<string, string> Policy = new() { ["RolloutPolicy__Probation"] = "00:30:00", ["RolloutPolicy__MaxLatencyRatio"] = "10" };

    /// <summary>How long a change may take to be heard by every model server.</summary>
    private static readonly TimeSpan Heard = TimeSpan.FromSeconds(1);

    internal static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("ROLLOUT_ROUNDS") ?? "1", CultureInfo.InvariantCulture);

    [NeedsFact(Need.Linux)]
    public async Task Switches_UnderLoad_FailNoRequest_AndAnswerWithActiveVersionsAlone()
    {
        await using var cluster = await RolloutCluster.StartAsync(await EmbeddedGarnet.StartAsync(), settings: Policy);
        cluster.AddVersion("2");
        await cluster.UntilAsync(card => RolloutCluster.StateOf(card, "2") is not null, what: "offered");
        List<Period> periods = [new("1", null, Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp())];
        await using var load = new RolloutLoad(cluster, Clients);
        var (switches, canaries) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            await ChangeAsync("versions/2/activate", null, card => RolloutCluster.Active(card) == "2", "2", null);
            await ChangeAsync("rollback", null, card => RolloutCluster.Active(card) == "1", "1", null);
            await ChangeAsync("versions/2/canary", new { percent = CanaryPercent }, card => RolloutCluster.Stage(card) == "canary", "1", "2");
            canaries++;
            await ChangeAsync("versions/2/activate", null, card => RolloutCluster.Active(card) == "2", "2", null);
            await ChangeAsync("rollback", null, card => RolloutCluster.Active(card) == "1", "1", null);
        }

        await load.StopAsync();
        Check(load.Answers, periods);
        // Two loads fill every heap; from then on what is unloaded leaves nothing, the noise of three processes aside.
        await MemoryWithoutAsync(cluster, "2");
        var (before, after) = (await MemoryWithoutAsync(cluster, "2"), 0d);
        for (var i = 0; i < 3; i++) await MemoryWithoutAsync(cluster, "2");
        await Eventually.HoldsAsync(() => (after = cluster.Servers.Sum(s => s.Memory)) <= before * 1.1, () => $"{after} bytes instead of {before}", TimeSpan.FromSeconds(20));
        output.WriteLine($"{load.Answers.Length} requests, {switches} changes, {canaries} of them canaries, {load.Answers.Count(a => a.Status != 200)} failed; memory after unloads {after / before:P1} of what it was after the first");

        async Task ChangeAsync(string path, object? body, Func<System.Text.Json.JsonElement, bool> becomes, string active, string? canary)
        {
            // Through either gateway in turn; the other one knows soon.
            var gateway = switches++ % 2;
            var since = Stopwatch.GetTimestamp();
            await cluster.DoAsync(path, body, card => becomes(card), gateway);
            await cluster.UntilAsync(card => becomes(card), 1 - gateway, path);
            var settled = Stopwatch.GetTimestamp() + (long)(Heard.TotalSeconds * Stopwatch.Frequency);
            periods.Add(new(active, canary, since, settled));
            // So that answers of this period alone come in between.
            await Eventually.HoldsAsync(() => load.Answers.Count(a => a.Start > settled) >= 4 * Clients);
        }
    }

    /// <summary>Loads a version if it is not, unloads it, and tells the memory of all model servers then, in bytes.</summary>
    private static async Task<double> MemoryWithoutAsync(RolloutCluster cluster, string version)
    {
        await cluster.DoAsync($"versions/{version}/load", null, card => RolloutCluster.StateOf(card, version) == "ready" && RolloutCluster.Stage(card) is null);
        await cluster.DoAsync($"versions/{version}/unload", null, card => card.GetProperty("versions").EnumerateArray()
            .Single(v => v.GetProperty("version").GetString() == version).GetProperty("replicas").EnumerateArray().All(r => r.GetProperty("state").GetString() == "unloaded"));
        return cluster.Servers.Sum(s => s.Memory);
    }

    private static void Check(RolloutAnswer[] answers, List<Period> periods)
    {
        Assert.All(answers, a => Assert.True(a.Status == 200, $"{a.Status} {a.Failure}"));
        for (var i = 0; i < periods.Count; i++)
        {
            var until = i + 1 < periods.Count ? periods[i + 1].Since : long.MaxValue;
            var within = answers.Where(a => a.Start >= periods[i].Settled && a.End <= until).ToArray();
            // Before it is settled an answer may be of this period or of the one before.
            Assert.All(answers.Where(a => a.Start >= periods[i].Since && a.End <= periods[i].Settled), a => Assert.Contains(a.Version, periods[i].Versions.Concat(periods[Math.Max(0, i - 1)].Versions)));
            Assert.All(within, a => Assert.Contains(a.Version, periods[i].Versions));
            if (periods[i].Canary is not { } canary) continue;
            var subjects = within.GroupBy(a => a.Client).ToArray();
            Assert.All(subjects, s => Assert.Single(s.Select(a => a.Version).Distinct()));
            var chosen = subjects.Count(s => s.First().Version == canary);
            var deviation = Math.Sqrt(Clients * CanaryPercent / 100 * (1 - CanaryPercent / 100));
            Assert.InRange(chosen, Clients * CanaryPercent / 100 - 2.576 * deviation, Clients * CanaryPercent / 100 + 2.576 * deviation);
        }
    }

    /// <param name="Since">When it was asked for; <paramref name="Settled"/> when every server had certainly heard of it.</param>
    private sealed record Period(string Active, string? Canary, long Since, long Settled)
    {
        public IEnumerable<string?> Versions => Canary is null ? [Active] : [Active, Canary];
    }
}
