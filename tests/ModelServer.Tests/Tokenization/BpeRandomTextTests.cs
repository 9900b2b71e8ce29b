using System.Text;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tests.Tokenization;

public sealed class BpeRandomTextTests
{
    private static readonly string[] Fragments =
        ["hello", " the", "nn", "  ", "\n", "'s", "<|end|>", "<s>", "é", "e\u0301", "中文", "🎉", "👍🏽", "\ud83c", "\udf89", "\0", "\uFFFD", "\u2581", "aaaaaaaa", "123"];

    [Fact]
    public void ByteLevel_AnyUtf16_ComesBackWithLoneSurrogatesReplaced()
    {
        Check(SmallBpe.ByteLevel, (text, ids) => Assert.Equal(CodePoint.WellFormed(text).ToString(), SmallBpe.ByteLevel.Decode(ids, skipSpecialTokens: false)));
    }

    [Fact]
    public void SentencePiece_AnyUtf16_KeepsEveryPromise() => Check(SmallBpe.SentencePiece, (text, ids) =>
    {
        // Words are merged by themselves; the model alone merges the text as one.
        if (!text.Contains("<s>", StringComparison.Ordinal)) Assert.Equal(ids, SmallBpe.SentencePiece.EncodeToIds(text, considerPreTokenization: false));
    });

    [SharedTheory]
    [InlineData("gpt2", true)]
    [InlineData("qwen2.5", false)]
    [InlineData("llama-2", false)]
    public void Published_AnyUtf16_KeepsEveryPromise(string name, bool comesBack)
    {
        var tokenizer = Published.Tokenizer(name);
        Check(tokenizer, (text, ids) =>
        {
            if (comesBack) Assert.Equal(CodePoint.WellFormed(text).ToString(), tokenizer.Decode(ids, skipSpecialTokens: false));
        });
    }

    // Quadratic work would take hours.
    [Fact]
    public void Encode_OneMillionUnitsWithoutASpace_IsNotQuadratic()
    {
        Assert.Equal(1 << 18, SmallBpe.ByteLevel.CountTokens(new string('a', 1 << 20)));
        Assert.Equal(3 << 20, SmallBpe.ByteLevel.CountTokens(new string('中', 1 << 20)));
        Assert.Equal(1 << 20, SmallBpe.ByteLevel.CountTokens(new string(' ', 1 << 20)));
        Assert.Equal(1 << 20, SmallBpe.ByteLevel.CountTokens(new string('\n', 1 << 20)));
        Assert.Equal((1 << 18) + 1, SmallBpe.SentencePiece.CountTokens(new string(' ', 1 << 20)));
        Assert.Equal((1 << 19) + 1, SmallBpe.SentencePiece.CountTokens(new string('n', 1 << 20)));
    }

    private static void Check(HuggingFaceTokenizer tokenizer, Action<string, int[]> check)
    {
        var random = new Random(20300102);
        for (var round = 0; round < 600; round++)
        {
            var text = RandomText(random);
            var encoding = tokenizer.Encode(text, addSpecialTokens: false);
            Assert.Equal(encoding.Ids.Length, tokenizer.CountTokens(text));
            Assert.InRange(encoding.Ids.Length + tokenizer.SpecialTokenCount(), 0, tokenizer.UpperBound(text));
            Assert.All(encoding.Offsets, o => Assert.True(0 <= o.Start && o.Start < o.End && o.End <= text.Length));
            Assert.All(encoding.Offsets.Zip(encoding.Offsets.Skip(1)), o => Assert.True(o.First.Start <= o.Second.Start));
            Assert.Equal(encoding.Ids, tokenizer.Encode(CodePoint.WellFormed(text).ToString(), addSpecialTokens: false).Ids);
            StreamingDecoderTests.AssertStreams(tokenizer, encoding.Ids);
            // Any ids, not only those of a text: bytes in an order that is no UTF-8.
            StreamingDecoderTests.AssertStreams(tokenizer, [.. encoding.Ids.OrderBy(_ => random.Next()), random.Next(tokenizer.VocabularySize)]);
            check(text, encoding.Ids);
        }
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
}
