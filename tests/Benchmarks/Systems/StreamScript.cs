using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Benchmarks.Load;
using Benchmarks.Models;

namespace Benchmarks.Systems;

/// <summary>A program that continues prompts greedily, several at a time, with another library and the threads that suit it best.</summary>
/// <param name="name">How it is called in the table.</param>
/// <param name="environment">Variables it needs.</param>
/// <param name="command">Program and arguments in front of the model.</param>
/// <param name="model">The file or folder that it reads; made when first asked for.</param>
internal sealed class StreamScript(string name, Dictionary<string, string> environment, string[] command, Func<string> model)
{
    /// <summary>For loading the model, choosing threads, the check and the first answers, for each number of streams.</summary>
    private static readonly TimeSpan Preparation = TimeSpan.FromMinutes(6);

    private static readonly string Threads = string.Join(',', new[] { 1, Environment.ProcessorCount }.Distinct());

    public string Name => name;

    /// <summary>Weights and precision are those of the variant's own graph.</summary>
    public bool RunsOurGraphs { get; init; }

    /// <summary>Whether a request may begin while others are under way.</summary>
    public bool TakesArrivals { get; init; }

    /// <summary>llama.cpp's types that take about as many bits as ours.</summary>
    public static IEnumerable<StreamScript> Llama(ModelVariant variant)
    {
        string[] types = variant.Precision switch { "fp32" => ["f32", "f16"], "int8" or "nb8" => ["q8_0"], "q4" => ["q4_0"], _ => [] };
        return types.Select(type => new StreamScript(
            $"llama.cpp {type}",
            new() { ["PACKAGES"] = LlamaStore.Packages },
            ["node", Path.Combine(BenchmarkPaths.Rivals, "llama", "generate.mjs")],
            () => LlamaStore.File(variant.Model, type))
        { TakesArrivals = true });
    }

    /// <summary>ONNX Runtime GenAI on the same graph.</summary>
    public static StreamScript GenAI(ModelVariant variant) => new("genai", [], ["dotnet", "exec", GenAIStore.Program], () => GenAIStore.Folder(variant)) { RunsOurGraphs = true };

    /// <param name="prompts">JSON of a <see cref="Corpus.PromptSet"/>.</param>
    /// <param name="check">Likewise; a token is asked for each.</param>
    /// <param name="streams">How many at a time, one number after the other.</param>
    /// <param name="measured">How long, once every stream has ended its first answer.</param>
    /// <param name="arriving">Prompts that arrive beside the streams, and the time between two of them.</param>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public ScriptedRuns Run(string prompts, string check, IReadOnlyCollection<int> streams, TimeSpan measured, (string Prompts, TimeSpan Pace)? arriving = null)
    {
        string[] arguments = [model(), prompts, check, Threads, string.Join(',', streams), Seconds(measured), .. arriving is { } a ? [a.Prompts, Seconds(a.Pace)] : (string[])[]];
        var output = ScriptRun.Output(name, environment, [.. command, .. arguments], streams.Count * (Preparation + (3 * measured)));
        return JsonSerializer.Deserialize<ScriptedRuns>(output, JsonSerializerOptions.Web)!;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Check">The ids that it answered the check with.</param>
internal sealed record ScriptedRuns(int[] Check, ScriptedStreams[] Runs);

/// <param name="Streams">How many at a time.</param>
/// <param name="Threads">How many were the fastest.</param>
/// <param name="From">Seconds since its beginning at which measuring begins.</param>
/// <param name="To">And ends.</param>
/// <param name="Arrived">The answers to what arrived beside the streams; null where nothing did.</param>
internal sealed record ScriptedStreams(int Streams, int Threads, double From, double To, ScriptedStream[] Answers, ScriptedStream[]? Arrived = null)
{
    /// <summary>Tokens that came while it was measured; the first ones of what arrived, where something did, as of our server.</summary>
    public StreamMeasurement Measurement => StreamMeasurement.Of(
        Answers.Concat(Arrived ?? []).Sum(a => a.Times.Count(Counts)) / (To - From),
        [.. (Arrived ?? Answers).Where(a => a.Times is [var first, ..] && Counts(first)).Select(a => Ticks(a.Times[0] - a.Start))],
        [.. Answers.SelectMany(a => a.Times.Zip(a.Times.Skip(1))).Where(pair => Counts(pair.Second)).Select(pair => Ticks(pair.Second - pair.First))]);

    private static long Ticks(double seconds) => (long)(seconds * Stopwatch.Frequency);

    private bool Counts(double time) => time >= From && time < To;
}

/// <param name="Start">Seconds since the beginning.</param>
/// <param name="Times">Of each token, likewise.</param>
internal sealed record ScriptedStream(double Start, double[] Times);
