using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Benchmarks.Models;
using Benchmarks.Report;
using ModelServer.Tokenization.Files;
using Testing;

namespace Benchmarks.Scenarios;

/// <summary>Tokenizes the same lines one by one on one thread: ours in this process, then <c>@huggingface/transformers</c> on Node.</summary>
internal static class TokenizerSpeed
{
    private const int MostLines = 20_000;

    public static void Run(BenchmarkOptions options, BenchmarkReport report)
    {
        var lines = Lines();
        var file = Path.Combine(BenchmarkPaths.Cache, "tokenizer-text.txt");
        File.WriteAllLines(file, lines);
        var seconds = Math.Min(options.Seconds, 5);
        foreach (var (name, folder) in Tokenizers())
        {
            report.Tokenizers.Add(Ours(name, folder, lines, seconds));
            report.Tokenizers.Add(Node(name, folder, file, seconds));
        }
    }

    /// <summary>WordPiece and byte-level pairs, as published; without the larger fixtures the shipped model's alone.</summary>
    private static IEnumerable<(string Name, string Folder)> Tokenizers()
    {
        var published = Path.Combine(RepositoryPaths.Fixtures ?? "", "tokenizers");
        var found = new[] { "bert-base-uncased", "gpt2" }.Select(n => (n, Path.Combine(published, n))).Where(t => Directory.Exists(t.Item2)).ToList();
        return found.Count > 0 ? found : [("shipped", ModelStore.Shipped)];
    }

    private static TokenizerRow Ours(string name, string folder, string[] lines, double seconds)
    {
        var tokenizer = TokenizerLoader.Load(folder);
        var sizes = lines.Select(Encoding.UTF8.GetByteCount).ToArray();
        Encode(1);
        var (tokens, bytes, elapsed) = Encode(seconds);
        return new($"{name}, ours", bytes / elapsed / 1e6, tokens / elapsed, lines.Sum(l => (long)tokenizer.Encode(l).Ids.Length));

        (long Tokens, long Bytes, double Seconds) Encode(double limit)
        {
            long tokens = 0, bytes = 0;
            var begin = Stopwatch.GetTimestamp();
            for (var i = 0; i % 50 != 0 || Stopwatch.GetElapsedTime(begin).TotalSeconds < limit; i++)
            {
                var line = i % lines.Length;
                tokens += tokenizer.Encode(lines[line]).Ids.Length;
                bytes += sizes[line];
            }

            return (tokens, bytes, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
    }

    private static TokenizerRow Node(string name, string folder, string file, double seconds)
    {
        var start = new ProcessStartInfo("node", ["tokenize.mjs", folder, file, seconds.ToString(CultureInfo.InvariantCulture)])
        {
            WorkingDirectory = Path.Combine(BenchmarkPaths.Rivals, "node"),
            RedirectStandardOutput = true,
        };
        start.Environment["PACKAGES"] = ModelStore.NodePackages;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException("The Node tokenizer failed.");
        var root = JsonDocument.Parse(output).RootElement;
        double Of(string member) => root.GetProperty(member).GetDouble();
        return new($"{name}, @huggingface/transformers (Node)", Of("bytes") / Of("seconds") / 1e6, Of("tokens") / Of("seconds"), (long)Of("corpusTokens"));
    }

    private static string[] Lines()
    {
        var train = RepositoryPaths.Fixtures is { } fixtures ? Path.Combine(fixtures, "data", "sst2", "glue", "train.tsv") : "";
        var lines = File.Exists(train)
            ? File.ReadLines(train).Skip(1).Select(l => l.Split('\t')[0].Trim())
            : File.ReadLines(Path.Combine(BenchmarkPaths.Source, "Corpus", "SampleSentences.txt"));
        return [.. lines.Where(l => l.Length > 0).Take(MostLines)];
    }
}
