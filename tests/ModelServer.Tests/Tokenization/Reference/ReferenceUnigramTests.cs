using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>
/// Unigram tokenizers against the reference library: ids, segments and offsets of texts and pairs, and what both decode, streamed too.
/// <c>UNIGRAM_TEXTS</c> says how many texts for each; <c>UNIGRAM_FILES</c> names a folder of further tokenizers, each a folder with a tokenizer.json.
/// </summary>
public sealed class ReferenceUnigramTests
{
    private const int Seed = 20310101;
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("UNIGRAM_TEXTS") ?? "200", CultureInfo.InvariantCulture);
    private static readonly string? Further = Environment.GetEnvironmentVariable("UNIGRAM_FILES");

    public static TheoryData<string> Names => Further is null ? SmallUnigram.Names : [.. SmallUnigram.Names, .. Directory.GetDirectories(Further).Order(StringComparer.Ordinal)];

    [ReferenceEncoderTheory]
    [MemberData(nameof(Names))]
    public void Encode_HostileTexts_AreTheReferences(string name)
    {
        var json = Json(name);
        var ours = SmallBpe.Load(json);
        string[] single = [.. Texts(json)];
        (string Text, string? Pair)[] texts = [.. single.Select((t, i) => (t, i % 4 == 3 ? single[i / 4] : null))];
        foreach (var (sent, addSpecialTokens) in new[] { (texts, true), (texts[..(Count / 4)], false) })
        {
            foreach (var ((text, pair), expected) in sent.Zip(ReferenceEncoder.Encode(json, [.. sent.Select(t => (Sent(t.Text), t.Pair is null ? null : Sent(t.Pair)))], addSpecialTokens)))
            {
                var encoding = ours.Encode(text, pair, addSpecialTokens);
                int[] offsets = [.. encoding.CodePointOffsets(text, pair).SelectMany(o => (int[])[o.Start, o.End])];
                var same = expected.Ids.AsSpan().SequenceEqual(encoding.Ids) && expected.TypeIds.AsSpan().SequenceEqual(encoding.TypeIds) && expected.Offsets.AsSpan().SequenceEqual(offsets);
                Assert.True(same, same ? "" : $"{JsonSerializer.Serialize(text)}, {JsonSerializer.Serialize(pair)}: {Show(expected.Ids, expected.Offsets)}, not {Show(encoding.Ids, offsets)}");
                Assert.True(encoding.Ids.Length <= ours.UpperBound(text, pair));
            }
        }
    }

    [ReferenceTheory]
    [MemberData(nameof(Names))]
    public void Decode_TokensInAnyOrder_IsTheReferences(string name)
    {
        var json = Json(name);
        var ours = SmallBpe.Load(json);
        using var reference = new ReferenceTokenizer(json);
        using var plain = ReferenceTokenizer.Plain(json);
        var random = new Random(Seed);
        foreach (var text in Texts(json))
        {
            var ids = ours.Encode(text).Ids;
            AssertDecode(ids);
            random.Shuffle(ids);
            AssertDecode(ids);
            AssertDecode([.. ids.Select(_ => random.Next(ours.VocabularySize))]);
        }

        void AssertDecode(int[] ids)
        {
            Assert.Equal(reference.Decode(ids), ours.Decode(ids, skipSpecialTokens: true));
            Assert.Equal(plain.Decode(ids), ours.Decode(ids, skipSpecialTokens: false));
            StreamingDecoderTests.AssertStreams(ours, ids);
        }
    }

    private static JsonObject Json(string name) => Path.IsPathRooted(name) ? JsonNode.Parse(File.ReadAllText(Path.Combine(name, "tokenizer.json")))!.AsObject() : SmallUnigram.Json(name);

    private static IEnumerable<string> Texts(JsonObject json)
    {
        var (mixed, random) = (new MixedTexts(Seed, ReferenceFiles.AddedTokens(json)), new Random(Seed));
        for (var i = 0; i < Count; i++)
        {
            var text = mixed.Next();
            // Half a surrogate pair, which counts as U+FFFD.
            yield return random.Next(16) == 0 ? text.Insert(random.Next(text.Length + 1), random.Next(2) == 0 ? "\ud83c" : "\udf89") : text;
        }
    }

    private static string Sent(string text) => CodePoint.WellFormed(text).ToString();

    private static string Show(int[] ids, int[] offsets) => string.Join(' ', ids.Select((id, i) => $"{id}[{offsets[2 * i]}-{offsets[2 * i + 1]}]"));
}
