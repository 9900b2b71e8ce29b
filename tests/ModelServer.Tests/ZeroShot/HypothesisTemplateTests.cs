using ModelServer.ZeroShot;

namespace ModelServer.Tests.ZeroShot;

public class HypothesisTemplateTests
{
    [Theory]
    [InlineData("This example is {}.", "This example is sport.")]
    [InlineData("{0}", "sport")]
    [InlineData("a {{b}} {} c", "a {b} sport c")]
    [InlineData("{{{}}}", "{sport}")]
    [InlineData("{{}} {}", "{} sport")]
    public void With_Label_PutsItWhereThePlaceIs(string template, string expected) => Assert.Equal(expected, HypothesisTemplate.Parse(template)!.With("sport"));

    [Fact]
    public void With_LabelWithBraces_LeavesThemAlone() => Assert.Equal("is {} {0}.", HypothesisTemplate.Parse("is {}.")!.With("{} {0}"));

    [Theory]
    [InlineData("")]
    [InlineData("no place")]
    [InlineData("{} and {}")]
    [InlineData("{0} and {0}")]
    [InlineData("{1}")]
    [InlineData("{label}")]
    [InlineData("{:>9}")]
    [InlineData("{!r}")]
    [InlineData("{")]
    [InlineData("}{")]
    [InlineData("{} }")]
    [InlineData("{{}}")]
    public void Parse_NotOnePlace_IsNone(string template) => Assert.Null(HypothesisTemplate.Parse(template));
}
