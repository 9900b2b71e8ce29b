using System.Text.Json.Nodes;
using ModelServer.Tokenization;

namespace ModelServer.Tests.Tokenization.PostProcessing;

/// <summary>Offsets of RobertaProcessing with <c>trim_offsets</c>, as the reference library gives them.</summary>
public sealed class SpaceTrimmerTests
{
    // A space that is not the text's own takes a whole code point, however many units that has.
    [Theory]
    [InlineData("🎉", true, "Ġ0-0 ðŁİ0-1 ī0-1")]
    [InlineData("🎉", false, "Ġ1-1 ðŁİ0-1 ī0-1")]
    [InlineData("🎉 🎉", true, "Ġ0-0 ðŁİ0-1 ī0-1 Ġ2-2 ðŁİ2-3 ī2-3")]
    [InlineData("🎉 🎉", false, "Ġ1-1 ðŁİ0-1 ī0-1 Ġ2-2 ðŁİ2-3 ī2-3")]
    [InlineData("h<|end|>🎉", true, "Ġ0-0 h0-1 <|end|>1-8 Ġ9-9 ðŁİ8-9 ī8-9")]
    public void Trim_CharacterOfTwoUnits_GoesAsAWhole(string text, bool addPrefixSpace, string tokens) =>
        Assert.Equal(tokens, Tokens(text, Roberta(addPrefixSpace, prependsSpace: true)));

    [Theory]
    [InlineData("w w", true, true, "Ġw0-1 Ġw2-3")]
    [InlineData("w w", false, true, "Ġw1-1 Ġw2-3")]
    [InlineData("w w", true, false, "w0-1 Ġw2-3")]
    [InlineData("   w  w ", true, true, "Ġ0-0 Ġ2-2 Ġw3-4 Ġ5-5 Ġw6-7 Ġ8-8")]
    [InlineData("   w  w ", false, true, "Ġ1-1 Ġ2-2 Ġw3-4 Ġ5-5 Ġw6-7 Ġ8-8")]
    [InlineData("\u00A0w\u3000w", true, true, "Ġ0-0 Â0-1 ł0-1 w1-2 ã2-3 Ģ2-3 Ģ2-3 w3-4")]
    public void Trim_Spaces_AreNoneOfATokensPlace(string text, bool addPrefixSpace, bool prependsSpace, string tokens) =>
        Assert.Equal(tokens, Tokens(text, Roberta(addPrefixSpace, prependsSpace)));

    [Fact]
    public void Trim_LoneSurrogate_IsACodePointOfItsOwn() =>
        Assert.Equal("Ġ1-1 ï0-1 ¿0-1 ½0-1", Tokens("\ud83c", Roberta(addPrefixSpace: false, prependsSpace: true)));

    [Fact]
    public void Trim_WithoutTheTemplatesTokens_HappensAllTheSame()
    {
        var tokenizer = Roberta(addPrefixSpace: true, prependsSpace: true);
        Assert.Equal(tokenizer.Encode(" w w").Offsets[1..^1], tokenizer.Encode(" w w", addSpecialTokens: false).Offsets);
    }

    private static HuggingFaceTokenizer Roberta(bool addPrefixSpace, bool prependsSpace)
    {
        var json = SmallBpe.ByteLevelJson();
        json["pre_tokenizer"]!["add_prefix_space"] = prependsSpace;
        json["post_processor"] = JsonNode.Parse("""{"type":"RobertaProcessing","cls":["H",72],"sep":["E",69],"trim_offsets":true}""");
        json["post_processor"]!["add_prefix_space"] = addPrefixSpace;
        return SmallBpe.Load(json);
    }

    private static string Tokens(string text, HuggingFaceTokenizer tokenizer)
    {
        var encoding = tokenizer.Encode(text, addSpecialTokens: false);
        return string.Join(' ', encoding.Ids.Zip(encoding.CodePointOffsets(text), (id, place) => $"{tokenizer.IdToToken(id)}{place.Start}-{place.End}"));
    }
}
