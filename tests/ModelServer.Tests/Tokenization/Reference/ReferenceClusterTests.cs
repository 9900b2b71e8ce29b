using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>
/// Where grapheme clusters end, against the reference library's: its precompiled maps replace a short cluster as a whole, so that a mark that belongs to a
/// letter vanishes with it. <c>UNIGRAM_CLUSTERS</c> = all tries every character.
/// </summary>
public sealed class ReferenceClusterTests
{
    private const string Indic = "\u0915\u094D", Lead = "\u1112";
    private static readonly int Step = Environment.GetEnvironmentVariable("UNIGRAM_CLUSTERS") == "all" ? 1 : 23;

    // Each character after a letter; after a picture and a joiner; and, with a mark after it, after what may go on with it.
    [ReferenceEncoderTheory]
    [InlineData("a", "", 0x80, 0x10FFFF)]
    [InlineData("\u00A9\u200D", "", 0x80, 0x10FFFF)]
    [InlineData("\u0600", "\u0300", 0x80, 0xFFFF)]
    [InlineData(Indic, "\u0300", 0x900, 0xDFF)]
    [InlineData(Indic + "\u200D", "\u0300", 0x900, 0xDFF)]
    [InlineData("", "\u094D\u0915\u0300", 0x80, 0x11FFF)]
    [InlineData("\u0915", "\u0915\u0300", 0x80, 0x11FFF)]
    [InlineData("\u0915", "\u094D\u0915\u0300", 0x80, 0x11FFF)]
    [InlineData(Lead, "\u0300", 0x1100, 0x11FF)]
    [InlineData("\uAC00", "\u0300", 0x1100, 0x11FF)]
    [InlineData("\uAC01", "\u0300", 0xD7A4, 0xD7FF)]
    public void Encode_EachCharacterInAPlace_ClustersAsTheReferences(string before, string after, int first, int last)
    {
        int[] characters = [.. Enumerable.Range(first, last - first + 1).Where(c => c % Step == 0 && c is < 0xD800 or > 0xDFFF && c < 0xE0200)];
        var rules = new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "A", ["\u00A9"] = "A", ["\u0915"] = "A" };
        if (after.Length > 0) foreach (var c in characters.Where(c => c < 0x10000)) rules[((char)c).ToString()] = "A";
        var json = JsonNode.Parse($$"""
            {"version":"1.0","added_tokens":[],"pre_tokenizer":null,"post_processor":null,"decoder":null,
             "normalizer":{"type":"Precompiled","precompiled_charsmap":"{{SmallCharacterMap.Base64(rules)}}"},
             "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["A",-1],["\n",-1]]} }
            """)!.AsObject();
        var ours = SmallBpe.Load(json);
        (string Text, string? Pair)[] texts = [.. characters.Chunk(32).Select(chunk => (string.Concat(chunk.Select(c => $"{before}{new Rune(c)}{after}\n")), (string?)null))];
        var wrong = new HashSet<string>();
        foreach (var ((text, _), expected) in texts.Zip(ReferenceEncoder.Encode(json, texts, addSpecialTokens: false)))
        {
            var encoding = ours.Encode(text);
            int[] offsets = [.. encoding.CodePointOffsets(text).SelectMany(o => (int[])[o.Start, o.End])];
            if (!expected.Ids.AsSpan().SequenceEqual(encoding.Ids) || !expected.Offsets.AsSpan().SequenceEqual(offsets)) wrong.UnionWith(Differing(text, expected, encoding.Ids, offsets));
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count}: {string.Join(' ', wrong.Take(400))}");
    }

    /// <summary>The lines that differ, by their characters' numbers.</summary>
    private static IEnumerable<string> Differing(string text, ReferenceEncoding expected, int[] ids, int[] offsets)
    {
        var (theirs, our) = (Lines(expected.Ids, expected.Offsets), Lines(ids, offsets));
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
            if (i >= theirs.Count || i >= our.Count || theirs[i] != our[i]) yield return string.Join('+', lines[i].EnumerateRunes().Select(r => r.Value.ToString("X4", CultureInfo.InvariantCulture)));
    }

    private static List<string> Lines(int[] ids, int[] offsets)
    {
        var lines = new List<string> { "" };
        for (var i = 0; i < ids.Length; i++)
        {
            lines[^1] += $"{ids[i]}[{offsets[2 * i]}-{offsets[2 * i + 1]}] ";
            if (ids[i] == 2) lines.Add("");
        }

        return lines;
    }
}
