using System.Text.Json;

namespace ModelServer.Tests.Tokenization;

/// <summary>Each case says why it is as it is; tokens and offsets were worked out by hand from the rules.</summary>
public sealed class SmallFixtureTests
{
    public static TheoryData<string> Cases() => [.. TokenizerFixtures.Lines(Path.Combine(TokenizerFixtures.Folder, "expected.jsonl")).Select(e => e.String("why"))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_Case_GivesTokensAndOffsets(string why)
    {
        var e = Case(why);
        var encoding = TokenizerFixtures.Small.Encode(e.String("text"), e.StringOrNull("pair"));
        string?[] tokens = ["[CLS]", .. Strings(e, "tokens"), "[SEP]", .. e.StringOrNull("pair") is null ? [] : (string[])[.. Strings(e, "pair_tokens"), "[SEP]"]];
        (int, int)[] offsets = [(0, 0), .. Spans(e, "offsets"), (0, 0), .. e.StringOrNull("pair") is null ? [] : ((int, int)[])[.. Spans(e, "pair_offsets"), (0, 0)]];

        Assert.Equal(tokens, encoding.Ids.Select(TokenizerFixtures.Small.IdToToken));
        Assert.Equal(offsets, encoding.Offsets.Select(o => (o.Start, o.End)));
        var first = 2 + Strings(e, "tokens").Length;
        Assert.Equal(Enumerable.Range(0, tokens.Length).Select(i => i < first ? 0 : 1), encoding.TypeIds);
        Assert.Equal(tokens.Select((t, i) => t is "[CLS]" or "[SEP]" && offsets[i] == (0, 0) ? 1 : 0), encoding.SpecialTokensMask);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Count_Case_IsTheEncodingsLengthAndWithinTheUpperBound(string why)
    {
        var e = Case(why);
        var (text, pair) = (e.String("text"), e.StringOrNull("pair"));
        var length = TokenizerFixtures.Small.Encode(text, pair).Ids.Length;
        Assert.Equal(length, TokenizerFixtures.Small.Count(text, pair));
        Assert.InRange(length, 0, TokenizerFixtures.Small.UpperBound(text, pair));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_Case_GivesTheTextBack(string why)
    {
        var e = Case(why);
        if (e.StringOrNull("decode") is not { } expected) return;
        var ids = TokenizerFixtures.Small.Encode(e.String("text"), e.StringOrNull("pair")).Ids;
        Assert.Equal(expected, TokenizerFixtures.Small.Decode(ids, skipSpecialTokens: true));
    }

    private static JsonElement Case(string why) =>
        TokenizerFixtures.Lines(Path.Combine(TokenizerFixtures.Folder, "expected.jsonl")).Single(e => e.String("why") == why);

    private static string[] Strings(JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(t => t.GetString()!)];

    private static (int, int)[] Spans(JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(o => (o[0].GetInt32(), o[1].GetInt32()))];
}
