using System.Globalization;
using System.Text.Json.Nodes;
using ModelServer.Tests.Tokenization;

namespace Benchmarks.Models;

/// <summary>
/// Unigram tokenizers in the shapes of published ones. Their pieces are what SentencePiece's training begins with: the strings within words that cover most of a text, each with
/// the logarithm of its share.
/// </summary>
internal static class UnigramStore
{
    private const int Pieces = 32_000, LongestPiece = 16;
    private const string Metaspace = """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""";
    private static readonly string[] Special = ["<s>", "<pad>", "</s>", "<unk>"];

    /// <summary>Folders of XLM-RoBERTa's shape, which cuts at white space first, and of bge-m3's, which replaces runs of spaces.</summary>
    public static IEnumerable<(string Name, string Folder)> Make(IReadOnlyList<string> lines)
    {
        var vocabulary = Vocabulary(lines);
        var map = $$"""{"type":"Precompiled","precompiled_charsmap":"{{SmallCharacterMap.Base64(SmallCharacterMap.NmtNfkc())}}"}""";
        var runs = """{"type":"Strip","strip_left":false,"strip_right":true},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}""";
        yield return Write("unigram-xlm-roberta", vocabulary, map, $$"""{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{{Metaspace}}]}""");
        yield return Write("unigram-bge-m3", vocabulary, $$"""{"type":"Sequence","normalizers":[{{map}},{{runs}}]}""", Metaspace);
    }

    private static (string Name, string Folder) Write(string name, JsonArray vocabulary, string normalizer, string preTokenizer)
    {
        var folder = Path.Combine(BenchmarkPaths.Cache, name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class":"PreTrainedTokenizerFast"}""");
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray([.. Special.Select((content, id) => new JsonObject
            {
                ["id"] = id, ["content"] = content, ["special"] = true, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false,
            })]),
            ["normalizer"] = JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = JsonNode.Parse(preTokenizer),
            ["post_processor"] = JsonNode.Parse("""
                {"type":"TemplateProcessing",
                 "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
                 "pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}},
                         {"Sequence":{"id":"B","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
                 "special_tokens":{"<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]},"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}}
                """),
            ["decoder"] = JsonNode.Parse(Metaspace),
            ["model"] = new JsonObject { ["type"] = "Unigram", ["unk_id"] = 3, ["vocab"] = vocabulary.DeepClone(), ["byte_fallback"] = false },
        }.ToJsonString());
        return (name, folder);
    }

    private static JsonArray Vocabulary(IReadOnlyList<string> lines)
    {
        var (words, counts) = (new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var word in lines.SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))) words[$"▁{word}"] = words.GetValueOrDefault($"▁{word}") + 1;
        foreach (var (word, count) in words)
        {
            for (var start = 0; start < word.Length; start++)
            {
                for (var end = start + 1; end <= Math.Min(word.Length, start + LongestPiece); end++) counts[word[start..end]] = counts.GetValueOrDefault(word[start..end]) + count;
            }
        }

        var single = counts.Where(c => c.Key.Length == 1);
        var longer = counts.Where(c => c.Key.Length > 1 && c.Value > 1).OrderByDescending(c => c.Value * c.Key.Length).ThenBy(c => c.Key, StringComparer.Ordinal);
        var kept = single.Concat(longer).Where(c => !c.Key.Any(char.IsSurrogate)).Take(Pieces).ToList();
        var total = kept.Sum(c => (double)c.Value);
        return new([.. Special.Select(t => new JsonArray(t, 0.0)), .. kept.Select(c => new JsonArray(c.Key, Score(c.Value / total)))]);
    }

    private static JsonNode Score(double share) => JsonNode.Parse(Math.Log(share).ToString("F12", CultureInfo.InvariantCulture))!;
}
