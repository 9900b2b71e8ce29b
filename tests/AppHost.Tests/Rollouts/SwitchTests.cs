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

    /// <summary>How long a change may take to be heard by every model server.</summary>
    private static readonly TimeSpan Heard = TimeSpan.FromSeconds(1.5);

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("ROLLOUT_ROUNDS") ?? "2", CultureInfo.InvariantCulture);

    [NeedsFact(Need.Linux)]
    public async Task Switches_UnderLoad_FailNoRequest_AndAnswerWithActiveVersionsAlone()
    {
        await using var cluster = await RolloutCluster.StartAsync(await EmbeddedGarnet.StartAsync(), c => c.AddVersion("2"), new Dictionary<string, string> { ["RolloutPolicy__Probation"] = "00:30:00" });
        await cluster.DoAsync("versions/1/activate", null, card => RolloutCluster.Active(card) == "1");
        List<Period> periods = [new("1", null, Stopwatch.GetTimestamp())];
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
        output.WriteLine($"{load.Answers.Length} requests, {switches} changes, {canaries} of them canaries, {load.Answers.Count(a => a.Status != 200)} failed");

        async Task ChangeAsync(string path, object? body, Func<System.Text.Json.JsonElement, bool> becomes, string active, string? canary)
        {
            // Through either gateway in turn; the other one knows soon.
            var gateway = switches++ % 2;
            periods.Add(new(active, canary, Stopwatch.GetTimestamp()));
            await cluster.DoAsync(path, body, card => becomes(card), gateway);
            await cluster.UntilAsync(card => becomes(card), 1 - gateway, path);
            // So that answers of this period alone come in between.
            var settled = Stopwatch.GetTimestamp() + (long)(Heard.TotalSeconds * Stopwatch.Frequency);
            await Eventually.HoldsAsync(() => load.Answers.Count(a => a.Start > settled) >= 4 * Clients);
        }
    }

    private static void Check(RolloutAnswer[] answers, List<Period> periods)
    {
        Assert.All(answers, a => Assert.True(a.Status == 200, $"{a.Status} {a.Failure}"));
        for (var i = 0; i < periods.Count; i++)
        {
            var from = periods[i].Since + (long)(Heard.TotalSeconds * Stopwatch.Frequency);
            var until = i + 1 < periods.Count ? periods[i + 1].Since : long.MaxValue;
            var within = answers.Where(a => a.Start >= from && a.End <= until).ToArray();
            Assert.All(within, a => Assert.Contains(a.Version, periods[i].Versions));
            if (periods[i].Canary is not { } canary) continue;
            var subjects = within.GroupBy(a => a.Client).ToArray();
            Assert.All(subjects, s => Assert.Single(s.Select(a => a.Version).Distinct()));
            var chosen = subjects.Count(s => s.First().Version == canary);
            var deviation = Math.Sqrt(Clients * CanaryPercent / 100 * (1 - CanaryPercent / 100));
            Assert.InRange(chosen, Clients * CanaryPercent / 100 - 2.576 * deviation, Clients * CanaryPercent / 100 + 2.576 * deviation);
        }
    }

    private sealed record Period(string Active, string? Canary, long Since)
    {
        public IEnumerable<string?> Versions => Canary is null ? [Active] : [Active, Canary];
    }
}
