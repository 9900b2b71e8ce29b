using AppHost.Commands;

namespace AppHost.Tests.Commands;

public class ModelCommandTests
{
    [Theory]
    [InlineData]
    [InlineData("fetch")]
    [InlineData("pull")]
    public void Run_WithoutAKnownCommandOrItsArguments_IsUsage(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        Assert.Equal(2, ModelCommand.Run(args, output, error));

        Assert.Contains("./model pull ORG/NAME", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("check", "--help")]
    public void Run_Help_ListsWhatThereIs(params string[] args)
    {
        var output = new StringWriter();

        Assert.Equal(0, ModelCommand.Run(args, output, TextWriter.Null));

        Assert.Contains("./model check DIR", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ServerProgram_OfThisBuild_IsThere() => Assert.True(File.Exists(CheckCommand.ServerProgram()), CheckCommand.ServerProgram());
}
