using System.Text.Json;
using ModelServer.Tokenization;

namespace Benchmarks.Corpus;

/// <summary>Texts with the ids that the model's tokenizer gives them.</summary>
/// <param name="Name">How the load is called in the table.</param>
internal sealed record TextCorpus(string Name, string[] Texts, int[][] Ids)
{
    private const int MixTexts = 600;
    private const int ShortestMix = 8;
    private const int LongestMix = 256;

    public double MeanTokens => Ids.Average(i => i.Length);

    /// <summary>Sentences of SST-2's dev set where the fixtures are, else the sample sentences beside the harness.</summary>
    public static TextCorpus Sentences(HuggingFaceTokenizer tokenizer)
    {
        var path = Testing.RepositoryPaths.Fixtures is { } fixtures ? Path.Combine(fixtures, "data", "sst2", "glue", "dev.tsv") : "";
        var known = File.Exists(path);
        string[] texts = known
            ? [.. File.ReadLines(path).Skip(1).Select(line => line.Split('\t')[0].Trim())]
            : File.ReadAllLines(Path.Combine(BenchmarkPaths.Source, "Corpus", "SampleSentences.txt"));
        return Create(known ? "sst2" : "sample", texts, tokenizer, seed: 1);
    }

    /// <summary>Made-up texts of 8 to 256 tokens, every length as likely as any other.</summary>
    public static TextCorpus LengthMix(HuggingFaceTokenizer tokenizer, IReadOnlyList<string> vocabularyOf)
    {
        var random = new Random(2);
        string[] words = [.. vocabularyOf.SelectMany(t => t.Split(' ')).Where(w => w.All(char.IsAsciiLetter) && w.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        var tokensOf = words.ToDictionary(w => w, w => tokenizer.Encode(w, addSpecialTokens: false).Ids.Length);
        var texts = new string[MixTexts];
        for (var i = 0; i < texts.Length; i++)
        {
            var wanted = random.Next(ShortestMix, LongestMix + 1) - tokenizer.SpecialTokenCount();
            var chosen = new List<string>();
            for (var tokens = 0; tokens < wanted;)
            {
                var word = words[random.Next(words.Length)];
                if (tokens + tokensOf[word] > wanted) word = words.First(w => tokensOf[w] == 1);
                chosen.Add(word);
                tokens += tokensOf[word];
            }

            texts[i] = string.Join(' ', chosen);
        }

        return Create("mix", texts, tokenizer, seed: 3);
    }

    /// <summary>Writes text → ids, with which rivals answer without a tokenizer of their own.</summary>
    public static void WriteIds(string path, params TextCorpus[] corpora)
    {
        var all = new Dictionary<string, int[]>();
        foreach (var corpus in corpora)
        {
            foreach (var (text, ids) in corpus.Texts.Zip(corpus.Ids)) all[text] = ids;
        }

        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(all));
    }

    private static TextCorpus Create(string name, string[] texts, HuggingFaceTokenizer tokenizer, int seed)
    {
        new Random(seed).Shuffle(texts);
        return new(name, texts, [.. texts.Select(t => tokenizer.Encode(t).Ids)]);
    }
}
