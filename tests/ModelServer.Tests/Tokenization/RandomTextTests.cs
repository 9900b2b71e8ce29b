using System.Text;
using ModelServer.Tokenization.Files;
using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tests.Tokenization;

public sealed class RandomTextTests
{
    private static readonly string[] Fragments =
        ["the", "fox", "Jump", "[MASK]", "<url>", "<u", "New York", " ", "\t", "\u0301", "É", "中", "한", "ΟΔΟΣ", "\U00010400", "\ud800", "\udc00", "\0", "\uFFFD", "İ", "!", "$", "\u3000", "ﬁ"];

    [Fact]
    public void Encode_AnyUtf16_KeepsEveryPromise()
    {
        var random = new Random(20300101);
        var tokenizer = TokenizerFixtures.Small;
        for (var round = 0; round < 4000; round++)
        {
            var text = RandomText(random);
            var encoding = tokenizer.Encode(text, addSpecialTokens: false);
            var places = encoding.CodePointOffsets(text);
            for (var i = 0; i < encoding.Ids.Length; i++)
            {
                var (start, end) = encoding.Offsets[i];
                Assert.True(0 <= start && start < end && end <= text.Length);
                Assert.True(i == 0 || start >= encoding.Offsets[i - 1].Start, "tokens stand in the order of the text");
                Assert.Equal(Runes(text, start), places[i].Start);
                Assert.Equal(Runes(text, end), places[i].End);
                var token = tokenizer.IdToToken(encoding.Ids[i])!;
                if (token != "[UNK]") Assert.Contains(Plain(token), Plain(Normalized(text[start..end])), StringComparison.Ordinal);
            }

            Assert.Equal(encoding.Ids.Length, tokenizer.CountTokens(text));
            Assert.InRange(encoding.Ids.Length + tokenizer.SpecialTokenCount(), 0, tokenizer.UpperBound(text));
            var cut = random.Next(0, encoding.Ids.Length + 2);
            Assert.Equal(encoding.Ids.Take(cut), tokenizer.EncodeToIds(text, cut, out _, out var consumed));
            Assert.InRange(consumed, 0, text.Length);
            Assert.Equal(tokenizer.Encode(CodePoint.WellFormed(text).ToString()).Ids, tokenizer.Encode(text).Ids);
        }
    }

    [Fact]
    public void Encode_ManyThreads_GiveWhatOneGives()
    {
        var random = new Random(7);
        string[] texts = [.. Enumerable.Range(0, 400).Select(_ => RandomText(random))];
        int[][] expected = [.. texts.Select(t => TokenizerFixtures.Small.Encode(t, t).Ids)];
        using var folder = TokenizerFolder.With(_ => { });
        var fresh = TokenizerLoader.Load(folder.Path);
        Parallel.For(0, 4000, new() { MaxDegreeOfParallelism = 8 }, i => Assert.Equal(expected[i % 400], fresh.Encode(texts[i % 400], texts[i % 400]).Ids));
    }

    // Far apart on purpose: linear work takes milliseconds, quadratic work hours.
    [Theory]
    [InlineData("n")]
    [InlineData("!")]
    [InlineData("[")]
    [InlineData("Σ'")]
    [InlineData("'Σ")]
    [InlineData("<u")]
    [InlineData("<url> ")]
    [InlineData("\u0301")]
    [InlineData("한")]
    [InlineData("\ud800")]
    [InlineData("nnnnnnnnnnnnnnnnnnnn ")]
    public void Encode_OneMillionUnits_IsLinear(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));
        var started = TimeProvider.System.GetTimestamp();
        TokenizerFixtures.Small.Encode(text);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Encode_LongSkippedRun_IsLinear()
    {
        var text = "Σ" + new string('\'', 1 << 20) + "Σ";
        Assert.Equal((1 << 20) + 2, TokenizerFixtures.Small.CountTokens(text));
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(0, 12); n > 0; n--)
        {
            if (random.Next(3) > 0) text.Append(Fragments[random.Next(Fragments.Length)]);
            else text.Append((char)random.Next(0x10000));
        }

        return text.ToString();
    }

    private static int Runes(string text, int end) => text[..end].EnumerateRunes().Count();

    private static string Plain(string token) => (token.StartsWith("##", StringComparison.Ordinal) ? token[2..] : token).ToLowerInvariant();

    private static string Normalized(string slice)
    {
        var text = new NormalizedText();
        text.Load(CodePoint.WellFormed(slice), 0);
        new BertNormalizer(true, false, true, true).Normalize(text);
        return new(text.Chars);
    }
}
