using Benchmarks.Load;
using Benchmarks.Report;

namespace Benchmarks.Faults;

/// <summary>What the clients saw in each phase, and whether that is what was promised.</summary>
internal sealed class FaultReport
{
    private const int MostShown = 5;

    /// <summary>Of each phase.</summary>
    public List<RetryCount> Retries { get; } = [];

    public bool IsFlawless { get; private set; } = true;

    public void Write(TextWriter output, IReadOnlyCollection<FaultAnswer> answers)
    {
        var table = new TextTable(1, "phase", "predict", "embed", "streams", "failed", "slowest ms", "p50 ms", "p99 ms", "stream p99", "done", "error event", "broken", "retries", "refused");
        for (var phase = 0; phase < Retries.Count; phase++)
        {
            var fault = FaultScript.All[phase];
            var mine = answers.Where(a => a.Phase == phase).ToList();
            var (streams, bodies) = (mine.Where(a => a.Route == FaultClient.Completions).ToList(), mine.Where(a => a.Route != FaultClient.Completions).ToList());
            List<long> whole = [.. bodies.Where(a => a.Ending == Ending.Whole).Select(a => a.Ticks)];
            List<long> streamed = [.. streams.Where(a => a.Ending == Ending.Whole).Select(a => a.Ticks)];
            var (failed, cut, broken) = (Count(bodies, Ending.Failed), Count(streams, Ending.CutWithAWord), Count(streams, Ending.Failed));
            var retries = Retries[phase];
            table.Add(
                fault.Name, $"{mine.Count(a => a.Route == FaultClient.Predict)}", $"{mine.Count(a => a.Route == FaultClient.Embeddings)}", $"{streams.Count}", $"{failed}",
                $"{Percentiles.Milliseconds(whole, 1):0}", $"{Percentiles.Milliseconds(whole, 0.5):0}", $"{Percentiles.Milliseconds(whole, 0.99):0}", $"{Percentiles.Milliseconds(streamed, 0.99):0}",
                $"{streamed.Count}", $"{cut}", $"{broken}", retries.Text, $"{retries.Refused:0}");
            IsFlawless &= failed == 0 && broken == 0 && (cut == 0 || fault.CutsStreams);
        }

        table.Write(output);
        var made = Retries.Sum(r => r.Made.Values.Sum());
        output.WriteLine($"{made:0} retries of {answers.Count} requests ({100 * made / Math.Max(1, answers.Count):0.00} %)");
        foreach (var kind in answers.Where(a => a.Failure is not null).GroupBy(a => (a.Phase, a.Route, a.Failure)).OrderBy(g => g.Key.Phase).Take(10 * MostShown))
            output.WriteLine($"{kind.Count()} x in '{FaultScript.All[kind.Key.Phase].Name}' on {kind.Key.Route}: {kind.Key.Failure}");
        output.WriteLine(IsFlawless ? "No request failed." : "Requests failed.");
    }

    private static int Count(IEnumerable<FaultAnswer> answers, Ending ending) => answers.Count(a => a.Ending == ending);
}
