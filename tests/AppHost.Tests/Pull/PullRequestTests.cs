using AppHost.Pull;

namespace AppHost.Tests.Pull;

public class PullRequestTests
{
    [Fact]
    public void Parse_NameAlone_HasTheRestByDefault()
    {
        var request = PullRequest.Parse(["sentence-transformers/all-MiniLM-L6-v2", "--models", Path.GetTempPath()]);

        Assert.Equal(("sentence-transformers/all-MiniLM-L6-v2", "main", "fp32", "all-MiniLM-L6-v2", null), (request.Repository, request.Revision, request.Variant, request.Name, request.Version));
    }

    [Fact]
    public void Parse_NoFolder_IsTheRepositorys()
        => Assert.Equal(Testing.RepositoryPaths.Models, PullRequest.Parse(["a/b"]).Models);

    [Theory]
    [InlineData("a/b@v1.0", "v1.0")]
    [InlineData("a/b@refs/pr/3", "refs/pr/3")]
    public void Parse_Revision_IsWhatIsBehindTheAt(string source, string revision)
        => Assert.Equal(revision, PullRequest.Parse([source]).Revision);

    [Theory]
    [InlineData("acme/tiny", "tiny")]
    [InlineData("gpt2", "gpt2")]
    [InlineData("acme/_.x", "x")]
    [InlineData("acme/___", "model")]
    [InlineData("acme/aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg")]
    public void NameOf_Repository_IsOneThatIsAllowed(string repository, string name) => Assert.Equal(name, PullRequest.NameOf(repository));

    [Theory]
    [InlineData(null, "https://huggingface.co/")]
    [InlineData("", "https://huggingface.co/")]
    [InlineData("http://mirror.example/hub/", "http://mirror.example/hub")]
    public void From_Endpoint_IsTheHubUnlessNamed(string? endpoint, string expected)
        => Assert.Equal(expected, HubOptions.From(name => name == "HF_ENDPOINT" ? endpoint : null).Endpoint.AbsoluteUri);

    [Theory]
    [InlineData("huggingface.co")]
    [InlineData("ftp://huggingface.co")]
    public void From_NoAddress_IsRefused(string endpoint) => Assert.Throws<ArgumentException>(() => HubOptions.From(_ => endpoint));
}
