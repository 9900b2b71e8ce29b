using Publishing;

namespace Deployment.Tests.Images;

public class PublishOptionsTests
{
    [Fact]
    public void Options_OfNothing_AreTheDefaults()
    {
        var (options, error) = PublishOptions.Parse([], "/src");
        Assert.Null(error);
        Assert.Equal(Path.Combine("/src", "artifacts", "publish"), options!.Output);
        Assert.False(options.Images);
    }

    [Fact]
    public void Options_AllNamed_AreTaken()
    {
        var (options, _) = PublishOptions.Parse(["--images", "--output", "/out", "--runtime", "linux-arm64"], "/src");
        Assert.Equal(new PublishOptions(Path.GetFullPath("/out"), "linux-arm64", Images: true, Help: false), options);
    }

    [Theory]
    [InlineData("--image")]
    [InlineData("--output")]
    [InlineData("--output", "")]
    [InlineData("--runtime", "win-x64")]
    public void Options_Wrong_AreRefusedInOneSentence(params string[] args)
    {
        var (options, error) = PublishOptions.Parse(args, "/src");
        Assert.Null(options);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://user:token@example.org/team/platform.git", "https://example.org/team/platform")]
    [InlineData("git@example.org:team/platform.git", "https://example.org/team/platform")]
    [InlineData("ssh://git@example.org/team/platform", "https://example.org/team/platform")]
    [InlineData("/home/me/platform", "")]
    [InlineData("file:///home/me/platform", "")]
    [InlineData("", "")]
    public void Source_OfARemote_TellsNoTokenAndNoPath(string remote, string source) => Assert.Equal(source, PlatformBuild.Browsable(remote));

    [Fact]
    public void Flavours_OfArm64_HaveNoCuda() => Assert.Equal(["gateway", "modelserver"], Flavour.For("linux-arm64").Select(f => f.Name));
}
