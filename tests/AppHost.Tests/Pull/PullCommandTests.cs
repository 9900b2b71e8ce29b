using AppHost.Pull;

namespace AppHost.Tests.Pull;

public class PullCommandTests
{
    [Fact]
    public async Task Pull_Repository_IsTheFirstVersionWithTheFilesThatServe()
    {
        await using var run = await PullRun.StartAsync();
        foreach (var other in new[] { "pytorch_model.bin", "onnx/model_q4.onnx", "onnx/config.json", "sub/config.json", "1_Pooling/weights.bin" }) run.Hub.Add(other, "unwanted");

        Assert.Equal(0, await run.PullAsync());

        Assert.Equal(["tiny/1/1_Pooling/config.json", "tiny/1/config.json", "tiny/1/model.onnx", "tiny/1/tokenizer.json"], run.Landed());
        foreach (var file in run.Landed()) Assert.Equal(run.Hub.Files[file["tiny/1/".Length..]], File.ReadAllBytes(Path.Combine(run.Models, file)));
        Assert.False(Directory.Exists(Path.Combine(run.Models, ".pull")));
        Assert.Contains("tiny:1 is in", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_Again_IsTheNextVersion()
    {
        await using var run = await PullRun.StartAsync();
        Directory.CreateDirectory(Path.Combine(run.Models, "tiny", "9.3"));

        Assert.Equal(0, await run.PullAsync());

        Assert.Contains("tiny/10/model.onnx", run.Landed());
    }

    [Fact]
    public async Task Pull_VersionThatIsThere_IsRefusedAndLeftAlone()
    {
        await using var run = await PullRun.StartAsync();
        Directory.CreateDirectory(Path.Combine(run.Models, "mine", "2"));

        Assert.Equal(1, await run.PullAsync([TestHub.Repository, "--as", "mine:2"]));

        Assert.Contains("mine:2 is there already", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Landed());
        Assert.Empty(run.Hub.Requests);
    }

    [Fact]
    public async Task Pull_BranchThatMovesMeanwhile_StaysAtItsCommit()
    {
        await using var run = await PullRun.StartAsync();
        var first = run.Hub.Commit;
        run.Hub.NextCommit = new string('b', 40);

        Assert.Equal(0, await run.PullAsync());

        var fetched = run.Hub.Requests.Where(r => r.IsOfHub && r.Path.Contains("/resolve/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(4, fetched.Length);
        Assert.All(fetched, r => Assert.Contains(first, r.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pull_Revision_IsAskedForAsOnePathSegment()
    {
        await using var run = await PullRun.StartAsync();

        Assert.Equal(0, await run.PullAsync([$"{TestHub.Repository}@refs/pr/1"]));

        Assert.Contains(run.Hub.Requests, r => r.Path.Contains("/revision/refs%2Fpr%2F1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pull_Token_GoesToTheHubAndNowhereElse()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Token = "hf_secret";
        run.Variables["HF_TOKEN"] = " hf_secret\n";

        Assert.Equal(0, await run.PullAsync());

        Assert.All(run.Hub.Requests.Where(r => r.IsOfHub), r => Assert.Equal("Bearer hf_secret", r.Authorization));
        var elsewhere = run.Hub.Requests.Where(r => !r.IsOfHub).ToArray();
        Assert.NotEmpty(elsewhere);
        Assert.All(elsewhere, r => Assert.Null(r.Authorization));
        Assert.DoesNotContain("hf_secret", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, null, false, "set HF_TOKEN")]
    [InlineData(401, null, true, "does not let HF_TOKEN read")]
    [InlineData(401, "GatedRepo", false, "accept its licence")]
    [InlineData(403, "GatedRepo", true, "accept its licence")]
    [InlineData(404, "RepoNotFound", false, "There is no model acme/tiny")]
    [InlineData(404, "RevisionNotFound", false, "has no revision 'main'")]
    [InlineData(451, null, false, "answered 451")]
    public async Task Pull_Refused_SaysWhatToDo(int status, string? code, bool hasToken, string expected)
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Refusal = (status, code);
        if (hasToken) run.Variables["HF_TOKEN"] = "hf_secret";

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Hub.Requests);
        Assert.Single(run.Error.Trim().Split('\n'));
        Assert.Empty(run.Landed());
    }

    [Fact]
    public async Task Pull_HubThatIsBusy_IsAskedAgain()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Busy = 3;

        Assert.Equal(0, await run.PullAsync());
    }

    [Fact]
    public async Task Pull_HubThatStaysBusy_GivesUp()
    {
        await using var run = await PullRun.StartAsync();
        run.Hub.Busy = 100;

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains("answered 503 (5 times)", run.Error, StringComparison.Ordinal);
        Assert.Equal(5, run.Hub.Requests.Count);
    }

    [Fact]
    public async Task Pull_NobodyListens_SaysSo()
    {
        await using var run = await PullRun.StartAsync();
        await run.Hub.DisposeAsync();

        Assert.Equal(1, await run.PullAsync());

        Assert.StartsWith("The hub cannot be reached", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_DiskWithoutRoom_FetchesNothing()
    {
        await using var run = await PullRun.StartAsync();
        run.Options = run.Options with { FreeBytes = _ => 40_000 };

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains("are needed, and 0.0 MB are free", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Hub.Requests);
    }

    [Theory]
    [InlineData("--shade", "dark")]
    [InlineData("acme/tiny", "--variant")]
    [InlineData("acme/tiny", "--as", "-x")]
    [InlineData("acme/tiny", "other/one")]
    [InlineData("../../etc")]
    [InlineData("a/b/c")]
    [InlineData("acme/tiny@")]
    [InlineData("acme/tiny", "--as", "mine:v2")]
    [InlineData("acme/tiny", "--variant", "../x")]
    public async Task Pull_WrongArguments_AreUsage(params string[] args)
    {
        await using var run = await PullRun.StartAsync();

        Assert.Equal(2, await run.PullAsync(args));

        Assert.Contains("./model pull ORG/NAME", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Hub.Requests);
    }

    [Fact]
    public async Task Pull_SameRepositoryTwiceAtOnce_IsRefused()
    {
        await using var run = await PullRun.StartAsync();
        using var other = StagingFolder.Open(PullRequest.Parse([TestHub.Repository, "--models", run.Models]));

        Assert.Equal(1, await run.PullAsync());

        Assert.Contains("another process", run.Error, StringComparison.Ordinal);
    }
}
