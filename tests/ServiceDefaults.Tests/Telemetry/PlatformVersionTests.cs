namespace ServiceDefaults.Tests.Telemetry;

public class PlatformVersionTests
{
    [Theory]
    [InlineData("1.0.0", "1.0.0", null)]
    [InlineData("1.0.0+", "1.0.0", null)]
    [InlineData("1.1.0-rc.1+0123abc", "1.1.0-rc.1", "0123abc")]
    public void Version_OfABuild_IsReadApart(string informational, string number, string? revision)
        => Assert.Equal((number, revision), PlatformVersion.Parse(informational));

    [Fact]
    public void Version_OfThisBuild_IsTheRepositorys() => Assert.Matches(@"^[1-9]\d*\.\d+\.\d+(-[0-9A-Za-z.-]+)?$", PlatformVersion.Number);
}
