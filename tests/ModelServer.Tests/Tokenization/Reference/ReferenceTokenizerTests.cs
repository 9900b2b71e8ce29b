namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>Ids and texts against the reference library's, on 5,000 texts for each tokenizer.</summary>
public sealed class ReferenceTokenizerTests
{
    private const int Texts = 5000;

    public static TheoryData<string> Names => ReferenceFiles.Names;

    [ReferenceTheory]
    [MemberData(nameof(Names))]
    public void EncodeAndDecode_MixedTexts_AreTheReferences(string name)
    {
        var json = ReferenceFiles.Read(name);
        var ours = SmallBpe.Load(json);
        using var withSpecial = new ReferenceTokenizer(json);
        using var plain = ReferenceTokenizer.Plain(json);
        var texts = new MixedTexts(seed: 20300103, ReferenceFiles.AddedTokens(json));
        for (var i = 0; i < Texts; i++)
        {
            var text = texts.Next();
            var ids = withSpecial.Encode(text);
            AssertSame(ids, ours.Encode(text).Ids, text);
            AssertSame(plain.Encode(text), ours.Encode(text, addSpecialTokens: false).Ids, text);
            AssertDecode(ids);
            // An order that no text has: bytes that are no UTF-8, continuations without a beginning.
            Array.Reverse(ids);
            AssertDecode(ids);
        }

        void AssertDecode(int[] ids)
        {
            Assert.Equal(withSpecial.Decode(ids), ours.Decode(ids, skipSpecialTokens: true));
            Assert.Equal(plain.Decode(ids), ours.Decode(ids, skipSpecialTokens: false));
        }
    }

    private static void AssertSame(int[] expected, int[] actual, string text) =>
        Assert.True(expected.AsSpan().SequenceEqual(actual), $"{System.Text.Json.JsonSerializer.Serialize(text)}: {string.Join(' ', expected)}, not {string.Join(' ', actual)}");
}
