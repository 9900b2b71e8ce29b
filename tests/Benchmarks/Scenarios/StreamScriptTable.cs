using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>Measures libraries that run several streams at a time, of which the next tokens are compared with the engine's first.</summary>
internal sealed class StreamScriptTable(BenchmarkOptions options, GenerationReport report, GenerationLoads loads)
{
    /// <summary>Same weights: only where two tokens are about as likely may rounding choose another one.</summary>
    private const double LeastOfSameWeights = 0.9;

    /// <summary>Weights rounded by another rule give other texts, but hardly at every second token.</summary>
    private const double LeastOfOtherRounding = 0.5;

    private readonly PositionCheck _positions = new(loads);

    /// <exception cref="InvalidOperationException">It failed, or computes something else.</exception>
    /// <param name="pace">Between two prompts of the load <c>arrivals</c>.</param>
    public void Measure(StreamScript script, ModelVariant variant, TimeSpan pace)
    {
        TellOurs(variant);
        int[] streams = [.. options.Clients.Where(c => c <= DecoderLimit.Rows)];
        if (options.Loads.Contains("mix")) Measure("mix", loads.MixFile, streams);
        if (options.Loads.Contains("decode")) Measure("decode", loads.DecodeFile, streams);
        if (options.Loads.Contains("arrivals") && script.TakesArrivals) Measure("arrivals", loads.DecodeFile, [GenerationTable.StreamsBesideArrivals], (loads.LongFile, pace));

        void Measure(string load, string file, int[] streams, (string, TimeSpan)? arriving = null)
        {
            var measured = script.Run(file, _positions.File(variant.Model), streams, 2 * options.Measured, arriving);
            Check(script, variant, measured.Check);
            foreach (var (run, figures) in measured.Runs.Select(run => (run, run.Measurement)))
            {
                if (figures.TokensPerSecond == 0) throw new InvalidOperationException($"with {run.Streams} streams no token came while it was measured");
                report.Add(variant.Name, load, run.Streams, script.Name, figures);
            }
        }
    }

    private void TellOurs(ModelVariant variant)
    {
        var key = $"{variant.Name}, engine";
        if (!report.Positions.ContainsKey(key)) report.Positions[key] = Share(_positions.Of(variant), _positions.Exact(variant.Model)).Text;
    }

    private void Check(StreamScript script, ModelVariant variant, int[] answers)
    {
        // One that runs our graphs owes our answers; another's roundings are held against what has none.
        var isSameGraph = script.RunsOurGraphs;
        var expected = isSameGraph ? _positions.Of(variant) : _positions.Exact(variant.Model);
        var least = isSameGraph || variant.Precision == "fp32" ? LeastOfSameWeights : LeastOfOtherRounding;
        report.Positions[$"{variant.Name}, {script.Name}"] = Share(answers, _positions.Exact(variant.Model)).Text;
        var (same, text) = Share(answers, expected);
        if (same < least * expected.Length) throw new InvalidOperationException($"its next token is the engine's at {text} positions only");
    }

    private static (int Same, string Text) Share(int[] answers, int[] expected)
    {
        var same = answers.Zip(expected, (a, b) => a == b).Count(equal => equal);
        return (same, $"{same} of {expected.Length}");
    }
}
