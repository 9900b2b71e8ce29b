using ModelServer.Tokenization.AddedTokens;

namespace ModelServer.Tests.Tokenization.AddedTokens;

public sealed class AddedTokenMatcherTests
{
    // Ⓐ and 🅰 are symbols that count as letters, ★ is one that does not.
    [Theory]
    [InlineData("the", true)]
    [InlineData("the★", true)]
    [InlineData("theⒶ", false)]
    [InlineData("ⓩthe", false)]
    [InlineData("the🅰", false)]
    [InlineData("🄰the", false)]
    [InlineData("the🅐", false)]
    [InlineData("the\u0301", false)]
    [InlineData("the\u200D", false)]
    public void Next_SingleWordBesideWhatCountsAsALetter_IsNotFound(string text, bool found)
    {
        var token = new AddedToken(1, "the", Special: false, SingleWord: true, LeftStrip: false, RightStrip: false, Normalized: false);
        var from = 0;
        Assert.Equal(found, new AddedTokenMatcher([("the", token)]).Next(text, ref from, taken: 0) is not null);
    }
}
