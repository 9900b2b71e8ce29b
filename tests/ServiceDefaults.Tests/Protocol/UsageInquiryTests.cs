namespace ServiceDefaults.Tests.Protocol;

public sealed class UsageInquiryTests
{
    [Theory]
    [InlineData(0u, 1, "00000000-1")]
    [InlineData(uint.MaxValue, long.MaxValue, "ffffffff-9223372036854775807")]
    public void Attempt_Formatted_IsSaneAndOneSegmentOfAPath(uint gateway, long attempt, string name)
    {
        Assert.Equal(name, UsageInquiry.Format(gateway, attempt));
        Assert.True(UsageInquiry.IsSane(name));
        Assert.Equal($"/usage/{name}", UsageInquiry.Path(name));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("../admin")]
    [InlineData("A-1")]
    [InlineData("a 1")]
    [InlineData("00000000-11111111111111111111111111111111111111111111111111111111")]
    public void Attempt_OfAnotherForm_IsNotSane(string? name) => Assert.False(UsageInquiry.IsSane(name));
}
