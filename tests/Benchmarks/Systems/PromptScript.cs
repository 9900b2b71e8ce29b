using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Benchmarks.Load;
using Benchmarks.Models;

namespace Benchmarks.Systems;

/// <summary>A script that continues prompts one after the other, greedily: what one writes with another library in an afternoon.</summary>
/// <param name="name">How it is called in the table.</param>
/// <param name="environment">Variables it needs.</param>
/// <param name="command">Program and arguments in front of the model's folder.</param>
/// <param name="arguments">Those behind the prompts' file and in front of the seconds.</param>
internal sealed class PromptScript(string name, Dictionary<string, string> environment, string[] command, params string[] arguments)
{
    public string Name => name;

    public static PromptScript Torch(int threads) => new(
        $"torch t{threads}",
        new()
        {
            ["OMP_NUM_THREADS"] = $"{threads}",
            ["OPENBLAS_NUM_THREADS"] = $"{threads}",
            // Two pools of threads that spin would take the cores from each other.
            ["OMP_WAIT_POLICY"] = "PASSIVE",
            ["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-pthread",
        },
        [BenchmarkPaths.Python, "-B", Path.Combine(BenchmarkPaths.Rivals, "decoder", "generate.py"), ModelStore.Training],
        $"{threads}");

    public static PromptScript Node() => new(
        "node", new() { ["PACKAGES"] = ModelStore.NodePackages }, ["node", Path.Combine(BenchmarkPaths.Rivals, "node", "generate.mjs")]);

    /// <exception cref="InvalidOperationException">It failed.</exception>
    public ScriptedAnswers Run(ModelVariant variant, string prompts, TimeSpan time)
    {
        var folder = Path.GetDirectoryName(variant.Graph)!;
        var seconds = time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var output = ScriptRun.Output(name, environment, [.. command, folder, prompts, .. arguments, seconds], TimeSpan.FromMinutes(3) + (3 * time));
        return JsonSerializer.Deserialize<ScriptedAnswers>(output, JsonSerializerOptions.Web)!;
    }
}

/// <param name="Seconds">All of them together.</param>
internal sealed record ScriptedAnswers(double Seconds, ScriptedAnswer[] Answers)
{
    public StreamMeasurement EndToEnd => StreamMeasurement.Of(
        Answers.Sum(a => a.Ids.Length) / Seconds, [.. Answers.Select(a => Ticks(a.Times[0]))], [.. Gaps.Select(Ticks)]);

    public StreamMeasurement DecodeOnly => new(Gaps.Count() / Gaps.Sum());

    private IEnumerable<double> Gaps => Answers.SelectMany(a => a.Times.Zip(a.Times.Skip(1), (earlier, later) => later - earlier));

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);
}

/// <param name="Times">Seconds from its beginning to each token.</param>
internal sealed record ScriptedAnswer(int[] Ids, double[] Times);
