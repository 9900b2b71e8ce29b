using Testing;

namespace Deployment.Tests.Images;

public class IgnoreFileTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryPaths.Root, ".dockerignore"));

    [Theory]
    [InlineData(".git/config")]
    [InlineData("artifacts/publish/gateway/Gateway.dll")]
    [InlineData("Gateway/bin/Release/net10.0/Gateway.dll")]
    [InlineData("ModelServer/obj/project.assets.json")]
    [InlineData("tests/Deployment.Tests/packages.lock.json")]
    [InlineData("models/.pull/part")]
    [InlineData("Gateway/.env")]
    [InlineData("tls/server.key")]
    public void Context_HoldsNothingBuiltOrPrivate(string path)
    {
        var rules = Text.Split('\n');
        Assert.True(new IgnoreFile(Text).Ignores(path));
        // And it is a rule of the file that says so, not the reading of it.
        Assert.Contains(rules, rule => rule is not "" && !new IgnoreFile(string.Join('\n', rules.Where(r => r != rule))).Ignores(path));
    }

    [Theory]
    [InlineData("global.json")]
    [InlineData("Gateway/Program.cs")]
    [InlineData("Gateway/packages.linux-x64.lock.json")]
    [InlineData("Gateway/Authentication/ApiKey.cs")]
    [InlineData("eng/Container.props")]
    [InlineData("models/sentiment/1/model.onnx")]
    [InlineData("mine/models/a/1/tokenizer.json")]
    public void Context_HoldsWhatImagesAreBuiltFrom(string path) => Assert.False(new IgnoreFile(Text).Ignores(path));
}
