using System.Text.Json;
using ModelServer.Tokenization;

namespace Benchmarks.Corpus;

/// <summary>Prompts and how many tokens are to follow each, the same in every run.</summary>
/// <param name="Name">How the load is called in the table.</param>
internal sealed record PromptSet(string Name, string[] Texts, int[][] Ids, int[] Tokens)
{
    /// <param name="prompt">Fewest and most tokens of a prompt, every length as likely.</param>
    /// <param name="tokens">Fewest and most tokens that follow.</param>
    public static PromptSet Create(
        string name, HuggingFaceTokenizer tokenizer, IReadOnlyList<string> sentences, int count, (int Least, int Most) prompt, (int Least, int Most) tokens)
    {
        var random = new Random(6);
        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            var wanted = random.Next(prompt.Least, prompt.Most + 1) - tokenizer.SpecialTokenCount();
            var text = sentences[random.Next(sentences.Count)];
            int[] ids;
            while ((ids = tokenizer.Encode(text, addSpecialTokens: false).Ids).Length < wanted) text += " " + sentences[random.Next(sentences.Count)];
            texts[i] = tokenizer.Decode(ids.AsSpan(0, wanted), skipSpecialTokens: true);
        }

        return new(name, texts, [.. texts.Select(t => tokenizer.Encode(t).Ids)], [.. texts.Select(_ => random.Next(tokens.Least, tokens.Most + 1))]);
    }

    /// <summary>For rivals, which get ids, so that they pay nothing for tokenization.</summary>
    public void Write(string path)
        => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(Ids.Zip(Tokens, (ids, tokens) => new { ids, tokens })));
}
