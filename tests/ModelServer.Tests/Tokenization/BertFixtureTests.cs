using System.Text.Json;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Tokenization;

/// <summary>bert-base-uncased against ids made by other implementations, exactly.</summary>
public sealed class BertFixtureTests
{
    private static readonly Lazy<HuggingFaceTokenizer> Bert = new(() => TokenizerLoader.Load(TokenizerFixtures.Shared("bert-base-uncased")!));

    [SharedFact]
    public void Encode_PublishedTexts_GiveTheSameIds()
    {
        var texts = Expected("expected.jsonl").Where(e => e.String("kind") == "text").ToList();
        Assert.NotEmpty(texts);
        Assert.All(texts, e => Assert.Equal(e.Ints("ids_special"), Bert.Value.Encode(e.String("text")).Ids));
        Assert.All(texts, e => Assert.Equal(e.Ints("ids"), Bert.Value.Encode(e.String("text"), addSpecialTokens: false).Ids));
        Assert.All(texts, e => Assert.Equal(e.Ints("ids"), Bert.Value.EncodeToIds(e.String("text"))));
        Assert.All(texts, e => Assert.Equal(e.Ints("ids").Length, Bert.Value.CountTokens(e.String("text"))));
    }

    [SharedFact]
    public void Encode_PublishedPairs_GiveTheSameIdsAndSegments()
    {
        var pairs = Expected("expected.jsonl").Where(e => e.String("kind") == "pair").ToList();
        Assert.NotEmpty(pairs);
        Assert.All(pairs, e => Assert.Equal(e.Ints("ids"), Bert.Value.Encode(e.String("text"), e.String("pair")).Ids));
        Assert.All(pairs, e => Assert.Equal(e.Ints("type_ids"), Bert.Value.Encode(e.String("text"), e.String("pair")).TypeIds));
    }

    [SharedFact]
    public void Decode_PublishedIds_GiveTheSameText()
    {
        Assert.All(Expected("expected.jsonl").Where(e => e.String("kind") == "text"), e =>
        {
            var ids = e.Ints("ids_special");
            Assert.Equal(e.String("decode"), Bert.Value.Decode(ids, skipSpecialTokens: false));
            Assert.Equal(e.String("decode_skip"), Bert.Value.Decode(ids, skipSpecialTokens: true));
            Assert.Equal(e.String("decode_skip_clean"), Bert.Value.Decode(ids, skipSpecialTokens: true, cleanUp: true));
        });
    }

    [SharedFact]
    public void Encode_VectorsOfThePythonLibrary_GiveTheSameIdsAndText()
    {
        Assert.All(Expected("expected_hf_python.jsonl"), e =>
        {
            Assert.Equal(e.Ints("ids"), Bert.Value.Encode(e.String("text"), e.StringOrNull("text_pair")).Ids);
            Assert.Equal(e.String("decoded"), Bert.Value.Decode(e.Ints("ids"), skipSpecialTokens: false, cleanUp: Bert.Value.Config.CleanUpSpaces));
        });
    }

    [SharedFact]
    public void Encode_WholeDocuments_GiveTheSameIds()
    {
        foreach (var name in new[] { "Metal_umlaut", "monty-python-credits" })
        {
            var text = File.ReadAllText(TokenizerFixtures.Shared($"long-text/{name}.txt")!);
            using var expected = JsonDocument.Parse(File.ReadAllText(TokenizerFixtures.Shared($"long-text/{name}-bert-base-uncased.json")!));
            Assert.Equal(expected.RootElement.Ints("token_ids"), Bert.Value.Encode(text).Ids);
        }
    }

    [SharedFact]
    public void Load_WithoutTokenizerJson_GivesTheSameIdsFromTheVocabulary()
    {
        using var folder = new TokenizerFolder();
        foreach (var name in new[] { "vocab.txt", "tokenizer_config.json" }) folder.Copy(Path.Combine(TokenizerFixtures.Shared("bert-base-uncased")!, name));
        var tokenizer = TokenizerLoader.Load(folder.Path);
        Assert.All(Expected("expected.jsonl"), e =>
            Assert.Equal(Bert.Value.Encode(e.String("text"), e.StringOrNull("pair")).Ids, tokenizer.Encode(e.String("text"), e.StringOrNull("pair")).Ids));
    }

    private static IEnumerable<JsonElement> Expected(string file) => TokenizerFixtures.Lines(Path.Combine(TokenizerFixtures.Shared("bert-base-uncased")!, file));
}
