using System.Text.Json;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Tokenization;

/// <summary>Published byte-pair tokenizers against ids made by other implementations, exactly.</summary>
public sealed class PublishedFixtureTests
{
    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("qwen2.5")]
    [InlineData("llama-2")]
    public void Encode_PublishedTexts_GiveTheSameIds(string name)
    {
        var tokenizer = Published.Tokenizer(name);
        Assert.All(Published.Expected(name), e =>
        {
            var (text, chat) = (e.String("text"), e.String("kind") == "chat");
            Assert.Equal(e.Ints("ids"), tokenizer.Encode(text, addSpecialTokens: false).Ids);
            Assert.Equal(e.Ints("ids").Length, tokenizer.CountTokens(text));
            Assert.InRange(tokenizer.Count(text), 0, tokenizer.UpperBound(text));
            if (chat) return;
            Assert.Equal(e.Ints("ids_special"), tokenizer.Encode(text).Ids);
            Assert.Equal(e.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()), e.Ints("ids").Select(tokenizer.IdToToken));
        });
    }

    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("qwen2.5")]
    [InlineData("llama-2")]
    public void Decode_PublishedIds_GiveTheSameText(string name)
    {
        var tokenizer = Published.Tokenizer(name);
        Assert.All(Published.Expected(name).Where(e => e.String("kind") == "text"), e =>
        {
            var ids = e.Ints("ids_special");
            Assert.Equal(e.String("decode"), tokenizer.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(e.String("decode_skip"), tokenizer.Decode(ids, skipSpecialTokens: true));
            Assert.Equal(e.String("decode_skip_clean"), tokenizer.Decode(ids, skipSpecialTokens: true, cleanUp: true));
            StreamingDecoderTests.AssertStreams(tokenizer, ids);
        });
    }

    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("qwen2.5")]
    [InlineData("llama-2")]
    public void Encode_VectorsOfThePythonLibrary_GiveTheSameIdsAndText(string name)
    {
        var tokenizer = Published.Tokenizer(name);
        Assert.All(Published.Lines(name, "expected_hf_python.jsonl"), e =>
        {
            Assert.Equal(e.Ints("ids"), tokenizer.Encode(e.String("text"), e.StringOrNull("text_pair")).Ids);
            Assert.Equal(e.String("decoded"), tokenizer.Decode(e.Ints("ids"), skipSpecialTokens: false, cleanUp: tokenizer.Config.CleanUpSpaces));
        });
    }

    [SharedTheory]
    [InlineData("gpt2")]
    [InlineData("llama-2")]
    public void Encode_PublishedTexts_HaveOffsetsInOrderThatCoverTheText(string name)
    {
        var tokenizer = Published.Tokenizer(name);
        Assert.All(Published.Expected(name), e =>
        {
            var end = 0;
            foreach (var offset in tokenizer.Encode(e.String("text"), addSpecialTokens: false).Offsets)
            {
                Assert.True(offset.Start <= end && offset.End >= end && offset.Start < offset.End);
                end = offset.End;
            }
        });
    }

    [SharedFact]
    public void Encode_WholeDocument_GivesTheSameIds()
    {
        var text = File.ReadAllText(TokenizerFixtures.Shared("long-text/monty-python-credits.txt")!);
        using var expected = JsonDocument.Parse(File.ReadAllText(TokenizerFixtures.Shared("long-text/monty-python-credits-gpt2.json")!));
        Assert.Equal(expected.RootElement.Ints("token_ids"), Published.Tokenizer("gpt2").Encode(text).Ids);
    }

    [SharedFact]
    public void Load_WithoutTokenizerJson_GivesTheSameIdsAndText()
    {
        using var folder = new TokenizerFolder();
        foreach (var name in new[] { "vocab.json", "merges.txt", "tokenizer_config.json" }) folder.Copy(Path.Combine(TokenizerFixtures.Shared("gpt2")!, name));
        var tokenizer = TokenizerLoader.Load(folder.Path);
        Assert.All(Published.Expected("gpt2"), e =>
        {
            Assert.Equal(e.Ints("ids_special"), tokenizer.Encode(e.String("text")).Ids);
            Assert.Equal(e.String("decode_skip"), tokenizer.Decode(e.Ints("ids_special"), skipSpecialTokens: true));
        });
    }
}

/// <summary>The larger tokenizers beside the repository, each loaded once.</summary>
internal static class Published
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<HuggingFaceTokenizer>> Tokenizers = new();

    public static HuggingFaceTokenizer Tokenizer(string name) =>
        Tokenizers.GetOrAdd(name, n => new(() => TokenizerLoader.Load(TokenizerFixtures.Shared(n)!))).Value;

    public static IEnumerable<JsonElement> Expected(string name) => Lines(name, "expected.jsonl");

    public static IEnumerable<JsonElement> Lines(string name, string file) => TokenizerFixtures.Lines(Path.Combine(TokenizerFixtures.Shared(name)!, file));
}
