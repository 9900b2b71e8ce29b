namespace AppHost.Tests.Docs;

public class CommandTableTests
{
    [Theory]
    [InlineData("./start", null)]
    [InlineData("./start --replicas 3 --no-dashboard   # three of them", null)]
    [InlineData("# nothing but a comment", null)]
    [InlineData("curl http://localhost:8080/v1/models \\\n  -H \"Authorization: Bearer $(./token)\"", null)]
    [InlineData("curl http://localhost:8080/predict -d '{\n  \"text\": \"it''s # fine\"\n}'", null)]
    [InlineData("./start --replica 3", "`./start --replica 3`")]
    [InlineData("curl https://example.com", "`curl https://example.com`")]
    [InlineData("./token; rm -rf build", "`./token; rm -rf build`")]
    [InlineData("./token\nrm -rf build", "`rm -rf build`")]
    [InlineData("kubectl apply -f - <<'EOF'\nkind: Pod\nEOF\n./token", "`kubectl apply -f - <<'EOF'\nkind: Pod`")]
    public void Faults_OfABlock_AreCommandsThatNothingRuns(string text, string? fault)
    {
        var faults = CommandTable.Faults(Block(text, null)).ToArray();

        Assert.Equal(fault is null ? 0 : 1, faults.Length);
        if (fault is not null) Assert.Contains(fault, faults[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker", 0)]
    [InlineData("docker, internet", 0)]
    [InlineData("a rainy day", 1)]
    [InlineData("docker, a rainy day", 1)]
    public void Faults_OfAMarkedBlock_AreReasonsThatAreNone(string reasons, int faults) => Assert.Equal(faults, CommandTable.Faults(Block("docker compose up", reasons)).Count());

    [Fact]
    public void Runnable_OfAMarkedBlock_IsNothing()
    {
        Assert.Empty(CommandTable.Runnable(Block("./token", "docker")));
        Assert.Equal(["./token"], CommandTable.Runnable(Block("./token\n./start", null)));
    }

    [Fact]
    public void Faults_OfABlockThatIsNoCommand_AreNone() => Assert.Empty(CommandTable.Faults(new MarkdownFile("a.md", "```json\nrm -rf build\n```").Blocks.Single()));

    private static MarkdownBlock Block(string text, string? needs)
        => new MarkdownFile("a.md", $"{(needs is null ? "" : $"<!-- needs: {needs} -->\n\n")}```sh\n{text}\n```").Blocks.Single();
}
