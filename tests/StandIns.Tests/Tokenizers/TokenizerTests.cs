using System.Buffers;
using Microsoft.ML.Tokenizers;

namespace StandIns.Tests.Tokenizers;

/// <summary>What the abstract class promises to those who derive from it, with a tokenizer whose tokens are characters.</summary>
public sealed class TokenizerTests
{
    private readonly CharTokenizer _tokenizer = new();

    [Fact]
    public void EncodeToIds_NotOverridden_TakesTheIdsOfTheTokens()
    {
        Assert.Equal([97, 98], _tokenizer.EncodeToIds("ab"));
        Assert.Equal([97], _tokenizer.EncodeToIds("ab".AsSpan(), 1, out var normalized, out var consumed));
        Assert.Equal((null, 1), (normalized, consumed));
    }

    [Fact]
    public void EncodeSettings_Default_IsUnlimitedAndCallersDecideTheRest()
    {
        Assert.Equal(int.MaxValue, new EncodeSettings().MaxTokenCount);
        _tokenizer.EncodeToTokens("a", out _, considerPreTokenization: false, considerNormalization: true);
        Assert.Equal((false, true, int.MaxValue), (_tokenizer.Seen.ConsiderPreTokenization, _tokenizer.Seen.ConsiderNormalization, _tokenizer.Seen.MaxTokenCount));
    }

    [Fact]
    public void CountTokens_NotOverridden_CountsTheTokens() => Assert.Equal(3, _tokenizer.CountTokens("abc"));

    [Fact]
    public void GetIndexByTokenCount_FromEitherEnd_IsWhereTheTokensStand()
    {
        Assert.Equal(2, _tokenizer.GetIndexByTokenCount("abcde", 2, out _, out var count));
        Assert.Equal(2, count);
        Assert.Equal(3, _tokenizer.GetIndexByTokenCountFromEnd("abcde", 2, out _, out count));
        Assert.Equal(2, count);
        Assert.Equal(5, _tokenizer.GetIndexByTokenCountFromEnd("abcde", 0, out _, out _));
        Assert.Equal(0, _tokenizer.GetIndexByTokenCount("abcde", 0, out _, out _));
    }

    [Fact]
    public void Decode_NotOverridden_GrowsUntilTheTextFits()
    {
        Assert.Equal(new string('x', 5000), _tokenizer.Decode(Enumerable.Repeat((int)'x', 5000)));
        Assert.Throws<InvalidOperationException>(() => _tokenizer.Decode([-1]));
        Assert.Throws<ArgumentNullException>(() => _tokenizer.Decode(null!));
    }

    [Fact]
    public void Parts_NotOverridden_AreAbsent() => Assert.Equal((null, null), (_tokenizer.Normalizer, _tokenizer.PreTokenizer));

    private sealed class CharTokenizer : Tokenizer
    {
        public EncodeSettings Seen { get; private set; }

        public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
        {
            (idsConsumed, charsWritten) = (0, 0);
            foreach (var id in ids)
            {
                if (id < 0) return OperationStatus.InvalidData;
                if (charsWritten == destination.Length) return OperationStatus.DestinationTooSmall;
                destination[charsWritten++] = (char)id;
                idsConsumed++;
            }

            return OperationStatus.Done;
        }

        protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
        {
            Seen = settings;
            var count = Math.Min(textSpan.Length, settings.MaxTokenCount);
            var tokens = new EncodedToken[count];
            for (var i = 0; i < count; i++) tokens[i] = new(textSpan[i], textSpan[i].ToString(), i..(i + 1));
            return new() { Tokens = tokens, CharsConsumed = count };
        }
    }
}
