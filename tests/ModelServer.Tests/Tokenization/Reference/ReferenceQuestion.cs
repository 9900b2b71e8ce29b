using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>A tokenizer, and what it is asked.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Json">The tokenizer's file, without truncation and padding.</param>
/// <param name="Truncation">The truncation of a second one.</param>
/// <param name="Texts">Texts, some with a second one.</param>
/// <param name="Ids">Tokens in any order.</param>
internal sealed record ReferenceQuestion(int Seed, JsonObject Json, JsonObject Truncation, (string Text, string? Pair)[] Texts, int[][] Ids)
{
    public static ReferenceQuestion Composed(int seed, int texts)
    {
        var compositions = new Compositions(seed);
        return Of(compositions.Next(), compositions, seed, texts);
    }

    public static ReferenceQuestion Of(JsonObject json, int seed, int texts) => Of(json, new Compositions(seed), seed, texts);

    /// <summary>As compare.mjs reads it.</summary>
    public string Line() => new JsonObject
    {
        ["json"] = Json.DeepClone(),
        ["truncated"] = Json.DeepClone().AsObject().With("truncation", Truncation.DeepClone()),
        ["texts"] = new JsonArray([.. Texts.Select(t => t.Pair is null ? new JsonArray(t.Text) : new JsonArray(t.Text, t.Pair))]),
        ["ids"] = JsonSerializer.SerializeToNode(Ids),
    }.ToJsonString();

    private static ReferenceQuestion Of(JsonObject json, Compositions compositions, int seed, int count)
    {
        var (mixed, random) = (new MixedTexts(seed, ReferenceFiles.AddedTokens(json)), new Random(seed));
        (string, string?)[] texts = [.. Enumerable.Range(0, count).Select(i => (mixed.Next(), i % 4 == 3 ? mixed.Next() : null))];
        var vocabulary = json["model"]!["vocab"] is JsonObject tokens ? tokens.Select(t => t.Value!.GetValue<int>()) : Enumerable.Range(0, json["model"]!["vocab"]!.AsArray().Count);
        int[] ids = [.. vocabulary, .. (json["added_tokens"]?.AsArray() ?? []).Select(t => t!["id"]!.GetValue<int>())];
        int[][] runs = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, random.Next(1, 12)).Select(_ => ids[random.Next(ids.Length)]).ToArray())];
        return new(seed, json, compositions.Truncation(), texts, runs);
    }
}
