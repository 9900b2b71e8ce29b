using Benchmarks.Load;
using Benchmarks.Scenarios;
using Benchmarks.Systems;
using Reliability.Load;
using Testing;

namespace Reliability.Faults;

/// <summary>What clients do to the platform and to each other.</summary>
internal static class ClientFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("clients-leave", "300 streams and 300 whole requests are left by their clients after 0 to 400 ms", async context =>
        {
            var ended = await context.SendAsync(Enumerable.Range(0, 600).Select(i => Some(context, i, leaves: true)), atOnce: 24);
            context.Note(FaultContext.Count(ended.Select(e => e.Outcome)));
            Only(context, ended, Outcome.Answered, Outcome.Left, Outcome.Refused);
            context.Require(ended.Any(e => e.Outcome == Outcome.Left), "nobody left");
        }),
        new("deadlines", "600 requests carry deadlines of 1 to 200 ms", async context =>
        {
            var ended = await context.SendAsync(Enumerable.Range(0, 600).Select(i => Some(context, i, leaves: false)), atOnce: 24);
            context.Note(FaultContext.Count(ended.Select(e => e.Outcome)));
            Only(context, ended, Outcome.Answered, Outcome.TimedOut, Outcome.Refused);
            context.Require(ended.Any(e => e.Outcome == Outcome.TimedOut), "no deadline passed");
            var late = ended.Where(e => e.Outcome == Outcome.TimedOut).Max(e => e.Took);
            context.Note($"the latest 504 came after {late.TotalMilliseconds:0} ms");
            // The latest deadline, and what a machine with more to do than it can takes to run a timer and send an answer.
            context.Require(late < TimeSpan.FromSeconds(3), $"a 504 came after {late.TotalSeconds:0.0} s");
        }),
        new("overload", "ten times the requests that the held load makes, for 8 s, from up to 6,000 clients who do not wait their turn", async context =>
        {
            var before = context.Load.Answers.Count;
            await context.WaitAsync(3);
            var rate = 10 * Math.Max(20, (context.Load.Answers.Count - before) / 3d);
            var gateway = context.Cluster.Gateways[0].Endpoint;
            byte[][] requests = [.. TrafficLoad.Texts.Select((text, i) => RequestSet.Post(TrafficRequest.Predict, gateway.ToString(), context.Cluster.Authority.InferenceToken, TrafficRequest.To(TrafficRequest.Predict, $"{text} {i}", 0).Body))];
            var loop = new OpenLoop(new RunningServer(gateway, null), new RequestSet(requests, new int[requests.Length]));
            await loop.RunAsync(rate, TimeSpan.FromSeconds(8), context.Cancellation);
            context.Mended();
            var outcomes = loop.Answers.Select(a => Outcomes.Of(a.Answer.Status, a.Answer.RetryAfter >= 0)).ToArray();
            context.Note($"{rate:0} requests a second wanted: {FaultContext.Count(outcomes)}; {loop.HungUp} hung up at the end, {loop.Unsent} not sent");
            context.Require(outcomes.Length > 0, "nothing was answered");
            context.Require(outcomes.All(o => o is Outcome.Answered or Outcome.Refused), "an answer was neither 200 nor a refusal that says when to come again");
        })
        {
            Allowed = [new(Outcome.Refused)],
        },
        new("hostile-bodies", "2,000 malformed and hostile bodies on nine routes", async context =>
        {
            var routes = Fuzz.Routes("embedding", "stories");
            var first = context.Random.Next(1_000_000);
            context.Note($"bodies from number {first} on");
            var ended = await context.SendAsync(Enumerable.Range(0, 2000).Select(i => new TrafficRequest(routes[i % routes.Count].Path, new HostileBodies(first + i).Next(routes[i % routes.Count].Valid))), atOnce: 8);
            context.Note(string.Join(", ", ended.CountBy(e => e.Status).OrderBy(s => s.Key).Select(s => $"{s.Value} x {s.Key}")));
            foreach (var bad in ended.Where(e => e.Status is not (>= 200 and < 500) && e.Outcome != Outcome.Refused))
                context.Require(false, $"body {first + bad.Number} on {routes[bad.Number % routes.Count].Path}: {(bad.Status == 0 ? "no answer" : $"status {bad.Status}")}");
        }),
    ];

    private static void Only(FaultContext context, IEnumerable<SentRequest> ended, params Outcome[] allowed)
    {
        foreach (var bad in ended.Where(e => !allowed.Contains(e.Outcome)))
            context.Require(false, $"request {bad.Number} ended {bad.Outcome} after {bad.Took.TotalMilliseconds:0} ms (status {bad.Status}, {bad.Failure})");
    }

    /// <summary>A stream, a generation or a classification, by turns.</summary>
    private static TrafficRequest Some(FaultContext context, int number, bool leaves)
    {
        var text = $"{TrafficLoad.Texts[context.Random.Next(TrafficLoad.Texts.Count)]} {number}";
        var request = (number % 4) switch
        {
            0 or 1 when leaves => TrafficRequest.To(TrafficRequest.Completions, text, tokens: 96, isStream: true),
            2 => TrafficRequest.To(TrafficRequest.Completions, text, tokens: 32),
            _ => TrafficRequest.To(TrafficRequest.Classify, text, tokens: 0),
        };
        var time = 1 + context.Random.Next(leaves ? 400 : 200);
        return leaves ? request with { LeaveAfter = TimeSpan.FromMilliseconds(time) } : request with { Header = $"{TrafficRequest.Deadline}{time}" };
    }
}
