using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;
using ModelServer.Tokenization.Files;
using Testing;
using RustTokenizer = Tokenizers.DotNet.Tokenizer;

namespace Benchmarks.Scenarios;

/// <summary>
/// Tokenizes the same lines one by one on one thread: ours and Hugging Face's Rust library in this process, then <c>@huggingface/transformers</c>
/// on Node. Figures of a library whose tokens differ from ours are thrown away.
/// </summary>
internal static class TokenizerSpeed
{
    private const int MostLines = 20_000;

    public static void Run(BenchmarkOptions options, BenchmarkReport report)
    {
        var lines = Lines();
        var file = Path.Combine(BenchmarkPaths.Cache, "tokenizer-text.txt");
        File.WriteAllLines(file, lines);
        var seconds = Math.Min(options.Seconds, 5);
        foreach (var (name, folder) in Tokenizers(lines))
        {
            var ours = TokenizerLoader.Load(folder);
            var expected = lines.Sum(l => (long)ours.Encode(l).Ids.Length);
            (string System, Func<Speed> Measure)[] systems =
            [
                ("ours", () => Measure(l => ours.Encode(l).Ids.Length, lines, seconds)),
                ("Hugging Face's Rust library", () => Rust(folder, lines, seconds, text => ours.Encode(text).Ids)),
                ("@huggingface/transformers (Node)", () => Node(folder, file, seconds)),
            ];
            var rounds = systems.ToDictionary(s => s.System, _ => new List<Speed>());
            for (var round = 0; round < options.Rounds; round++)
            {
                foreach (var (system, measure) in systems.Where(s => round == 0 || rounds[s.System].Count > 0))
                {
                    try
                    {
                        var speed = measure();
                        if (speed.CorpusTokens is { } tokens && tokens != expected) throw new InvalidOperationException($"it makes {tokens} tokens of a text of which ours makes {expected}");
                        rounds[system].Add(speed);
                    }
                    catch (Exception e) when (e is not OperationCanceledException)
                    {
                        report.Failures.Add(Failure.Of(system, $"tokenizer {name}", e));
                        rounds[system].Clear();
                    }
                }
            }

            foreach (var (system, speeds) in rounds.Where(r => r.Value.Count > 0))
            {
                double[] megabytes = [.. speeds.Select(s => s.Bytes / s.Seconds / 1e6)];
                report.Tokenizers.Add(new(name, system, Percentiles.Median(megabytes), Percentiles.Median(speeds.Select(s => s.Tokens / s.Seconds)), expected, megabytes));
            }
        }
    }

    /// <summary>
    /// WordPiece and byte-level pairs: as published where the larger fixtures are, else those of the shipped models; Unigram, made here; and the folders of TOKENIZER_FOLDERS.
    /// </summary>
    private static IEnumerable<(string Name, string Folder)> Tokenizers(string[] lines)
    {
        var published = Path.Combine(RepositoryPaths.Fixtures ?? "", "tokenizers");
        var found = new[] { "bert-base-uncased", "gpt2" }.Select(n => (n, Path.Combine(published, n))).Where(t => Directory.Exists(t.Item2)).ToList();
        var more = (Environment.GetEnvironmentVariable("TOKENIZER_FOLDERS") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (found.Count == 0) found = [("sentiment", ModelStore.Shipped), ("stories", DecoderStore.Shipped)];
        return [.. found, .. UnigramStore.Make(lines), .. more.Select(f => (Path.GetFileName(f), f))];
    }

    private static Speed Rust(string folder, string[] lines, double seconds, Func<string, int[]> ours)
    {
        // Ours truncates and pads only when asked to; without the file's own settings the other does neither too.
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")))!;
        json["truncation"] = json["padding"] = null;
        var file = Path.Combine(BenchmarkPaths.Cache, "tokenizer-unlimited.json");
        File.WriteAllText(file, json.ToJsonString());
        using var tokenizer = new RustTokenizer(file);
        var differing = lines.Count(line => !tokenizer.Encode(line).Select(id => (int)id).SequenceEqual(ours(line)));
        if (differing > 0) throw new InvalidOperationException($"its tokens differ from ours in {differing} of {lines.Length} lines");

        return Measure(line => tokenizer.Encode(line).Length, lines, seconds);
    }

    private static Speed Measure(Func<string, int> encode, string[] lines, double seconds)
    {
        var sizes = lines.Select(Encoding.UTF8.GetByteCount).ToArray();
        Encode(1);
        return Encode(seconds);

        Speed Encode(double limit)
        {
            long tokens = 0, bytes = 0;
            var begin = Stopwatch.GetTimestamp();
            for (var i = 0; i % 50 != 0 || Stopwatch.GetElapsedTime(begin).TotalSeconds < limit; i++)
            {
                var line = i % lines.Length;
                tokens += encode(lines[line]);
                bytes += sizes[line];
            }

            return new(bytes, tokens, Stopwatch.GetElapsedTime(begin).TotalSeconds, CorpusTokens: null);
        }
    }

    private static Speed Node(string folder, string file, double seconds)
    {
        var output = ScriptRun.Output(
            "Node", new Dictionary<string, string> { ["PACKAGES"] = ModelStore.NodePackages },
            ["node", Path.Combine(BenchmarkPaths.Rivals, "node", "tokenize.mjs"), folder, file, seconds.ToString(CultureInfo.InvariantCulture)],
            TimeSpan.FromMinutes(2));
        var root = JsonDocument.Parse(output).RootElement;
        double Of(string member) => root.GetProperty(member).GetDouble();
        return new((long)Of("bytes"), (long)Of("tokens"), Of("seconds"), (long)Of("corpusTokens"));
    }

    private static string[] Lines()
    {
        var train = RepositoryPaths.Fixtures is { } fixtures ? Path.Combine(fixtures, "data", "sst2", "glue", "train.tsv") : "";
        var lines = File.Exists(train)
            ? File.ReadLines(train).Skip(1).Select(l => l.Split('\t')[0].Trim())
            : File.ReadLines(Path.Combine(BenchmarkPaths.Source, "Corpus", "SampleSentences.txt"));
        return [.. lines.Where(l => l.Length > 0).Take(MostLines)];
    }

    /// <param name="CorpusTokens">Of the whole text once; null where it was compared token by token.</param>
    private sealed record Speed(long Bytes, long Tokens, double Seconds, long? CorpusTokens);
}
