using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>Ids, segments and offsets, of pairs too, against the reference library's.</summary>
public sealed class ReferenceEncoderTests
{
    public static TheoryData<string> Names => ReferenceFiles.Names;

    public static TheoryData<string> Normalizers => ReferenceParts.AllNormalizers;

    public static TheoryData<string> PreTokenizers => ReferenceParts.AllPreTokenizers;

    public static TheoryData<string, bool> PostProcessors => ReferenceParts.AllPostProcessors();

    [ReferenceEncoderTheory]
    [MemberData(nameof(Names))]
    public void Encode_MixedTexts_AreTheReferences(string name) => AssertSame(ReferenceFiles.Read(name), texts: 2000);

    [ReferenceEncoderTheory]
    [MemberData(nameof(Normalizers))]
    public void Encode_EachNormalizer_IsTheReferences(string json) => AssertSame(ReferenceParts.WithNormalizer(json), texts: 500);

    [ReferenceEncoderTheory]
    [MemberData(nameof(PreTokenizers))]
    public void Encode_EachPreTokenizer_IsTheReferences(string json) => AssertSame(ReferenceParts.WithPreTokenizer(json), texts: 500);

    [ReferenceEncoderTheory]
    [MemberData(nameof(PostProcessors))]
    public void Encode_EachPostProcessor_IsTheReferences(string json, bool prependsSpace)
    {
        var tokenizer = ReferenceParts.WithPostProcessor(json, prependsSpace);
        AssertSame(tokenizer, texts: 400);
        AssertSame(tokenizer, texts: 100, addSpecialTokens: false);
    }

    private static void AssertSame(JsonObject json, int texts, bool addSpecialTokens = true)
    {
        var ours = SmallBpe.Load(json);
        var mixed = new MixedTexts(seed: 20300104, ReferenceFiles.AddedTokens(json));
        (string Text, string? Pair)[] all = [.. Enumerable.Range(0, texts).Select(i => (mixed.Next(), i % 4 == 3 ? mixed.Next() : null))];
        foreach (var ((text, pair), expected) in all.Zip(ReferenceEncoder.Encode(json, all, addSpecialTokens)))
        {
            var encoding = ours.Encode(text, pair, addSpecialTokens);
            int[] offsets = [.. encoding.CodePointOffsets(text, pair).SelectMany(o => (int[])[o.Start, o.End])];
            var same = expected.Ids.AsSpan().SequenceEqual(encoding.Ids) && expected.TypeIds.AsSpan().SequenceEqual(encoding.TypeIds) && expected.Offsets.AsSpan().SequenceEqual(offsets);
            Assert.True(same, same ? "" : $"{JsonSerializer.Serialize(text)}, {JsonSerializer.Serialize(pair)}: {Show(expected.Ids, expected.Offsets)}, not {Show(encoding.Ids, offsets)}");
        }
    }

    private static string Show(int[] ids, int[] offsets) => string.Join(' ', ids.Select((id, i) => $"{id}[{offsets[2 * i]}-{offsets[2 * i + 1]}]"));
}
