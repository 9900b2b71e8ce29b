using System.Text.Json.Nodes;
using Benchmarks.Corpus;
using Benchmarks.Models;
using ModelServer.Tokenization.Files;
using Testing;

namespace Benchmarks.Scenarios;

/// <summary>What a generator is asked for in each form of its weights.</summary>
/// <param name="Folder">With <c>model.onnx</c> and the tokenizer.</param>
/// <param name="Asked">Prompts of its own kind, whose answers are compared.</param>
/// <param name="EndTokens">That end an answer.</param>
/// <param name="Short">Prompts of few tokens, behind which many are decoded.</param>
/// <param name="Long">Prompts that are read alone.</param>
internal sealed record FormLoad(string Model, string Folder, int[][] Asked, int[] EndTokens, int[][] Short, int[][] Long)
{
    public const int LongTokens = 256;

    private const int ShortTokens = 16, Sets = 22;

    /// <param name="sentences">What prompts of no kind are made of.</param>
    public static FormLoad Of(string model, IReadOnlyList<string> sentences)
    {
        var folder = model == "chat" ? Path.Combine(RepositoryPaths.Models, "chat", "1") : DecoderStore.Source(model);
        var tokenizer = TokenizerLoader.Load(folder);
        var texts = DraftLoad.All.Where(l => l.Model == model).ToArray();
        var (few, many) = (Prompts("short", Sets, ShortTokens), Prompts("long", Sets, LongTokens));
        int[][] asked = texts is [] ? few : [.. Golden().Concat(texts.SelectMany(l => l.Texts)).Distinct().Select(t => tokenizer.Encode(t).Ids)];
        return new(model, folder, asked, texts is [] ? [] : texts[0].EndTokens(), few, many);

        int[][] Prompts(string name, int count, int tokens) => PromptSet.Create(name, tokenizer, sentences, count, (tokens, tokens), (1, 1)).Ids;

        IEnumerable<string> Golden() => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "serving.json")))!["golden"]!.AsArray().Select(c => (string)c!["text"]!);
    }
}
