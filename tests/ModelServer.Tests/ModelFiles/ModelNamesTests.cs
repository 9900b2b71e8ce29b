using ModelServer.ModelFiles;

namespace ModelServer.Tests.ModelFiles;

public class ModelNamesTests
{
    [Theory]
    [InlineData("sentiment", true)]
    [InlineData("a.b-c_1", true)]
    [InlineData("", false)]
    [InlineData(".hidden", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a\n", false)]
    [InlineData("ü", false)]
    public void IsName_Text_FollowsTheContract(string text, bool expected) => Assert.Equal(expected, ModelNames.IsName(text));

    [Fact]
    public void IsName_SixtyFiveCharacters_IsTooLong() => Assert.False(ModelNames.IsName(new string('a', 65)));

    [Theory]
    [InlineData("2", "10", -1)]
    [InlineData("1.2", "1.10", -1)]
    [InlineData("1", "1.1", -1)]
    [InlineData("3", "3", 0)]
    public void CompareVersions_Numbers_NotText(string left, string right, int expected)
    {
        Assert.Equal(expected, Math.Sign(ModelNames.CompareVersions(left, right)));
        Assert.Equal(-expected, Math.Sign(ModelNames.CompareVersions(right, left)));
    }
}
