using System.Text.Json;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>XGrammar as its authors build it for JavaScript, in Node.</summary>
internal static class XGrammarRun
{
    /// <exception cref="InvalidOperationException">It could not be run, or does not take the grammar or the text.</exception>
    public static ConstraintTimes Measure(XGrammarVocabulary vocabulary, ConstraintGrammar grammar, int[] ids, int rounds)
    {
        var file = Path.Combine(BenchmarkPaths.Cache, "xgrammar.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            // What is empty can never come: so are added tokens, which ours leaves out too.
            vocabulary = Enumerable.Range(0, vocabulary.Vocabulary.Size)
                .Select(id => id == vocabulary.End || !vocabulary.Tokenizer.IsAdded(id) ? vocabulary.Tokenizer.IdToToken(id) ?? "" : ""),
            type = vocabulary.Type,
            end = vocabulary.End,
            grammar = grammar.Gbnf,
            ids,
            rounds,
        }));
        var packages = Path.Combine(BenchmarkPaths.Cache, "xgrammar");
        var output = ScriptRun.Output(
            "XGrammar", new Dictionary<string, string> { ["PACKAGES"] = packages }, ["node", Path.Combine(BenchmarkPaths.Rivals, "xgrammar", "measure.mjs"), file], TimeSpan.FromMinutes(3));
        var root = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        List<double> Of(string member) => [.. root.GetProperty(member).EnumerateArray().Select(t => t.GetDouble())];
        return new(Of("compile"), Of("cold"), Of("warm"), [.. root.GetProperty("allowed").EnumerateArray().Select(a => a.GetInt32())]);
    }
}
