using ModelServer.Tokenization.Files;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.Tests.Tokenization.PostProcessing;

public sealed class TruncationTests
{
    [Fact]
    public void Fit_LongestFirst_TakesFromTheLongerUntilBothAreAlike()
    {
        for (var first = 0; first < 12; first++)
        {
            for (var second = 0; second < 12; second++)
            {
                for (var room = 0; room < 24; room++)
                {
                    var (a, b) = TruncationSettings.Fit(first, second, room, TruncationStrategy.LongestFirst);
                    Assert.Equal(Math.Min(room, first + second), a + b);
                    Assert.InRange(a, 0, first);
                    Assert.InRange(b, 0, second);
                    if (a < first) Assert.True(a >= b - 1, $"{first}+{second} in {room}: the first gave way though it was the shorter");
                    if (b < second) Assert.True(b >= a - 1, $"{first}+{second} in {room}: the second gave way though it was the shorter");
                }
            }
        }
    }

    // What the reference library gives: an odd token is left to the longer text.
    [Theory]
    [InlineData(10, 3, 8, 5, 3)]
    [InlineData(3, 10, 8, 3, 5)]
    [InlineData(10, 9, 7, 4, 3)]
    [InlineData(9, 10, 7, 3, 4)]
    [InlineData(9, 9, 7, 3, 4)]
    public void Fit_LongestFirst_SplitsAsTheReferenceDoes(int first, int second, int room, int expectedFirst, int expectedSecond) =>
        Assert.Equal((expectedFirst, expectedSecond), TruncationSettings.Fit(first, second, room, TruncationStrategy.LongestFirst));

    [Fact]
    public void Fit_OneTextTooShortToGiveWay_IsRefused()
    {
        Assert.Equal((2, 5), TruncationSettings.Fit(4, 5, 7, TruncationStrategy.OnlyFirst));
        Assert.Equal((4, 3), TruncationSettings.Fit(4, 5, 7, TruncationStrategy.OnlySecond));
        Assert.Throws<ArgumentException>(() => TruncationSettings.Fit(4, 9, 9, TruncationStrategy.OnlyFirst));
    }

    [Fact]
    public void Encode_Truncated_KeepsTheBeginningAndTheSpecialTokens()
    {
        const string text = "the quick brown fox jump over the lazy dog";
        var all = TokenizerFixtures.Small.Encode(text);
        for (var length = 2; length < 14; length++)
        {
            var encoding = TokenizerFixtures.Small.Encode(text, maxLength: length, truncate: true);
            var kept = Math.Min(length, all.Ids.Length);
            Assert.Equal([.. all.Ids[..(kept - 1)], all.Ids[^1]], encoding.Ids);
            Assert.Equal([.. all.Offsets[..(kept - 1)], all.Offsets[^1]], encoding.Offsets);
            Assert.Equal(length < all.Ids.Length, encoding.Truncated);
        }
    }

    [Fact]
    public void Encode_TruncatedPair_IsAsIfBothTextsHadBeenShorter()
    {
        var encoding = TokenizerFixtures.Small.Encode("the quick brown fox", "the dog", maxLength: 8, truncate: true);
        Assert.Equal(TokenizerFixtures.Small.Encode("the quick brown", "the dog").Ids, encoding.Ids);
        Assert.True(encoding.Truncated);
    }

    [Fact]
    public void Encode_TruncationFromTheLeft_KeepsTheEnd()
    {
        using var folder = TokenizerFolder.With(root => root["truncation"]!["direction"] = "Left");
        var encoding = TokenizerLoader.Load(folder.Path).Encode("the quick brown fox", maxLength: 4, truncate: true);
        Assert.Equal(TokenizerFixtures.Small.Encode("brown fox").Ids, encoding.Ids);
    }

    [Fact]
    public void Encode_TooLongWithoutTruncation_ReturnsAllTokens()
    {
        var encoding = TokenizerFixtures.Small.Encode(string.Join(' ', Enumerable.Repeat("fox", 100)), maxLength: 8);
        Assert.Equal((102, false), (encoding.Ids.Length, encoding.Truncated));
    }

    [Fact]
    public void Encode_TruncationWithoutALength_UsesTheFiles() =>
        Assert.Equal(8, TokenizerFixtures.Small.Encode(string.Join(' ', Enumerable.Repeat("fox", 100)), truncate: true).Ids.Length);

    [Fact]
    public void Encode_NoRoomForSpecialTokens_IsRefused() =>
        Assert.Throws<ArgumentException>(() => TokenizerFixtures.Small.Encode("fox", maxLength: 1, truncate: true));
}
