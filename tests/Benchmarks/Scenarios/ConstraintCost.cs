using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Numerics;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Constraints.Automata;
using ModelServer.Constraints.Ebnf;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using Testing;

namespace Benchmarks.Scenarios;

/// <summary>What constrained decoding costs: compiling, masks, beside XGrammar on the same grammars and tokens; and 16 streams with a grammar and without.</summary>
internal sealed class ConstraintCost(ScenarioInputs inputs) : IScenario
{
    private readonly ConstraintMetrics _metrics = new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    /// <returns>0, or 1 where throughput under a grammar or the time before a first token missed what is promised.</returns>
    public Task<int> RunAsync(CancellationToken cancellation)
    {
        var table = new TextTable(3, "vocabulary", "grammar", "system", "compile ms", "mask µs", "p99", "known µs", "p99", "masks that differ");
        foreach (var (name, folder, type, end) in Tokenizers())
        {
            var tokenizer = TokenizerLoader.Load(folder);
            var started = Stopwatch.GetTimestamp();
            var vocabulary = new TokenVocabulary(tokenizer, tokenizer.VocabularySize);
            Console.WriteLine($"{name}: {vocabulary.Size} tokens, read in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms, once for each model.");
            foreach (var grammar in ConstraintGrammar.All)
            {
                cancellation.ThrowIfCancellationRequested();
                var ids = TokensWithin(tokenizer, grammar.Text);
                var ours = Measure(grammar, vocabulary, ids, end);
                Add(table, name, grammar, "ours", ours, "");
                try
                {
                    var other = XGrammarRun.Measure(new(tokenizer, vocabulary, type, end), grammar, ids, inputs.Options.Rounds);
                    // Where a text begins, a decoder may leave out a space, of which XGrammar knows nothing.
                    var differing = ours.Allowed.Zip(other.Allowed).Skip(1).Count(a => a.First != a.Second);
                    Add(table, name, grammar, "XGrammar (WebAssembly)", other, $"{differing}/{ids.Length - 1}");
                }
                catch (InvalidOperationException e)
                {
                    Console.Error.WriteLine($"XGrammar, {name}, {grammar.Name}: {e.Message}");
                }
            }
        }

        table.Write(Console.Out);
        return Task.FromResult(new ConstrainedStreams(inputs.Options, _metrics).Run(Console.Out, cancellation) ? 0 : 1);
    }

    /// <summary>The tokens of a text behind another: where it begins, some tokenizers put a space.</summary>
    private static int[] TokensWithin(HuggingFaceTokenizer tokenizer, string text)
    {
        const string before = "\n";
        var (start, all) = (tokenizer.Encode(before, addSpecialTokens: false).Ids, tokenizer.Encode(before + text, addSpecialTokens: false).Ids);
        return all.AsSpan().StartsWith(start) ? all[start.Length..] : tokenizer.Encode(text, addSpecialTokens: false).Ids;
    }

    private ConstraintTimes Measure(ConstraintGrammar grammar, TokenVocabulary vocabulary, int[] ids, int end)
    {
        var times = new ConstraintTimes([], [], [], []);
        for (var round = 0; round < inputs.Options.Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            var compiled = new CompiledGrammar(new EbnfFormat(grammar.Gbnf).ToGrammar(), vocabulary, "model", "grammar", _metrics, CancellationToken.None);
            times.Compile.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            foreach (var masks in (List<double>[])[times.Cold, times.Warm])
            {
                var constraint = compiled.Begin([end], skipsSpecialTokens: true);
                foreach (var id in ids)
                {
                    started = Stopwatch.GetTimestamp();
                    var mask = constraint.Allowed;
                    masks.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    if (round == 0 && masks == times.Cold) times.Allowed.Add(Count(mask));
                    constraint.Accept(id);
                }
            }
        }

        return times;
    }

    private static int Count(ReadOnlySpan<ulong> mask)
    {
        var count = 0;
        foreach (var word in mask) count += BitOperations.PopCount(word);
        return count;
    }

    private static void Add(TextTable table, string name, ConstraintGrammar grammar, string system, ConstraintTimes times, string differing)
    {
        table.Add(
            name, grammar.Name, system, $"{Percentiles.Median(times.Compile):0.0}", $"{times.Cold.Average() * 1000:0}", $"{P99(times.Cold):0}", $"{times.Warm.Average() * 1000:0.0}", $"{P99(times.Warm):0.0}", differing);

        static double P99(List<double> values) => values.Order().ElementAt((int)(values.Count * 0.99)) * 1000;
    }

    /// <summary>Vocabularies of 150,000 and of 32,000 tokens where the larger fixtures are; else the shipped one.</summary>
    private static IEnumerable<(string Name, string Folder, string Type, int End)> Tokenizers()
    {
        var published = Path.Combine(RepositoryPaths.Fixtures ?? "", "tokenizers");
        (string, string, string, int)[] found = [.. new[] { ("qwen2.5", "byte_level", 151645), ("llama-2", "byte_fallback", 2) }
            .Select(t => (t.Item1, Path.Combine(published, t.Item1), t.Item2, t.Item3)).Where(t => Directory.Exists(t.Item2))];
        return found.Length > 0 ? found : [("stories", DecoderStore.Shipped, "byte_level", 0)];
    }
}

/// <summary>Milliseconds, and how many tokens each mask allowed.</summary>
internal sealed record ConstraintTimes(List<double> Compile, List<double> Cold, List<double> Warm, List<int> Allowed);

/// <summary>A tokenizer as XGrammar wants it.</summary>
internal sealed record XGrammarVocabulary(HuggingFaceTokenizer Tokenizer, TokenVocabulary Vocabulary, string Type, int End);
