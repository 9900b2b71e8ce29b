using AppHost.Commands;

namespace AppHost.Tests.Rollouts;

public sealed class RolloutCommandTests
{
    private const string Active = "\"active\"";
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string[] Lines => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task List_Models_IsATable()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.List(Cards.Of(
            Cards.Canary, "[]",
            Cards.Version("2", "ready", "\"canary\"", 10),
            Cards.Version("1", "ready", Active, 90),
            Cards.Version("0", "error", reason: "\"There is no\\nmodel.onnx.\""))));

        Assert.Equal(0, Run(gateway, "list"));

        Assert.Equal(
            [
                "MODEL      VERSION  STATE  ROLE    TRAFFIC  MEMORY   REASON",
                "sentiment  2        ready  canary  10 %     12.3 MB",
                "           1        ready  active  90 %     12.3 MB",
                "           0        error                   12.3 MB  There is no model.onnx.",
                "  sentiment:2 is a canary of 10 %: 120 requests, 3 errors (2.5 %, otherwise 0.1 %), 1.9 ms (otherwise 1.8 ms), 99 % of 100 answers agree",
            ],
            Lines);
        Assert.Equal(["GET /admin/models"], gateway.Requests);
        Assert.Equal("Bearer t", gateway.Authorization);
    }

    [Fact]
    public async Task List_ReplicasThatDiffer_HaveLinesOfTheirOwn()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.NoTrial, "[]", Cards.Version("1", "ready", Active, 100, replicas: $"[{Cards.Replica("modelserver-1", "ready")},{Cards.Replica("modelserver-2", "loading")}]")));

        Assert.Equal(0, Run(gateway, "list", "sentiment"));

        Assert.Equal(
            [
                "MODEL      VERSION  STATE    ROLE              TRAFFIC  MEMORY   REASON",
                "sentiment  1        ready    active            100 %    12.3 MB",
                "                    ready    on modelserver-1           12.3 MB",
                "                    loading  on modelserver-2           12.3 MB",
            ],
            Lines);
        Assert.Equal(["GET /admin/models/sentiment"], gateway.Requests);
    }

    [Fact]
    public async Task List_NoModel_SaysSo()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.List());

        Assert.Equal(0, Run(gateway, "list"));
        Assert.Equal(["There is no model."], Lines);
    }

    [Fact]
    public async Task List_Json_IsWhatTheGatewaySaid()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers("""{"data":[],"more":1}""");

        Assert.Equal(0, Run(gateway, "list", "--json"));
        Assert.Equal(["""{"data":[],"more":1}"""], Lines);
    }

    [Fact]
    public async Task Activate_UntilItIsActive_SaysEachChangeOnce()
    {
        await using var gateway = await StubGateway.StartAsync();
        var loading = Cards.Of(Cards.Trial("activate", "loading"), "[]", Cards.Version("2", "loading", "\"candidate\""), Cards.Version("1", "ready", Active, 100));
        gateway.Answers(loading, 202).Answers(loading)
            .Answers(Cards.Of(Cards.Trial("activate", "probation"), "[]", Cards.Version("2", "ready", Active, 100), Cards.Version("1", "ready", "\"previous\"")));

        Assert.Equal(0, Run(gateway, "activate", "sentiment:2"));

        Assert.Equal(
            [
                "sentiment:2 is being loaded, to become active (modelserver-1 loading, modelserver-2 loading)",
                "sentiment:2 is active and watched until an administrator ends it (modelserver-1 ready, modelserver-2 ready)",
            ],
            Lines);
        Assert.Equal(["POST /admin/models/sentiment/versions/2/activate", "GET /admin/models/sentiment", "GET /admin/models/sentiment"], gateway.Requests);
    }

    [Fact]
    public async Task Load_Fails_IsOneWithTheReason()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.Trial("load", "loading"), "[]", Cards.Version("2", "loading", "\"candidate\"")), 202)
            .Answers(Cards.Of(Cards.NoTrial, Cards.Failed, Cards.Version("2", "error", reason: "\"there is no model.onnx\"")));

        Assert.Equal(1, Run(gateway, "load", "sentiment", "2"));
        Assert.Equal("sentiment:2 did not load: there is no model.onnx.", _error.ToString().Trim());
    }

    [Fact]
    public async Task Load_TrialThatEnded_IsDone()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.Trial("load", "loading"), "[]", Cards.Version("2", "loading", "\"candidate\"")), 202)
            .Answers(Cards.Of(Cards.NoTrial, Cards.Finished, Cards.Version("2", "ready")));

        Assert.Equal(0, Run(gateway, "load", "sentiment:2"));
        Assert.Equal("sentiment:2 is ready (modelserver-1 ready, modelserver-2 ready)", Lines[^1]);
    }

    [Fact]
    public async Task Load_SomebodyElseEndsIt_IsOne()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.Trial("load", "loading"), "[]", Cards.Version("2", "loading", "\"candidate\"")), 202)
            .Answers(Cards.Of(Cards.NoTrial, """[{"at":"2030-01-01T00:00:09Z","by":"ann","action":"unload","version":"2","reason":null}]""", Cards.Version("2", "unloaded")));

        Assert.Equal(1, Run(gateway, "load", "sentiment:2"));
        Assert.Contains("unload by ann", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_GatewayIsAwayForAMoment_IsWaitedFor()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.Trial("load", "loading"), "[]", Cards.Version("2", "loading")), 202)
            .Refuses(503, "Not now.")
            .Answers(Cards.Of(Cards.NoTrial, Cards.Finished, Cards.Version("2", "ready")));

        Assert.Equal(0, Run(gateway, "load", "sentiment:2"));
    }

    [Fact]
    public async Task Load_NoWait_AsksOnce()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.Trial("load", "loading"), "[]", Cards.Version("2", "loading", "\"candidate\"")), 202);

        Assert.Equal(0, Run(gateway, "load", "sentiment:2", "--no-wait"));
        Assert.Single(gateway.Requests);
    }

    [Theory]
    [InlineData("canary", new[] { "sentiment:2" }, """POST /admin/models/sentiment/versions/2/canary {"percent":10}""")]
    [InlineData("canary", new[] { "sentiment:2", "--percent", "2.5" }, """POST /admin/models/sentiment/versions/2/canary {"percent":2.5}""")]
    [InlineData("activate", new[] { "sentiment:2", "--percent=20%" }, """POST /admin/models/sentiment/versions/2/activate {"percent":20}""")]
    [InlineData("shadow", new[] { "sentiment:2" }, "POST /admin/models/sentiment/versions/2/shadow")]
    [InlineData("unload", new[] { "sentiment:2", "--force" }, """POST /admin/models/sentiment/versions/2/unload {"force":true}""")]
    [InlineData("rollback", new[] { "sentiment" }, "POST /admin/models/sentiment/rollback")]
    public async Task Change_Done_IsAskedAsWanted(string command, string[] args, string request)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.NoTrial, "[]", Cards.Version("2", "unloaded"), Cards.Version("1", "ready", Active, 100)));

        Assert.Equal(0, Run(gateway, [command, .. args]));
        Assert.Equal([request], gateway.Requests);
    }

    [Fact]
    public async Task Unload_UntilEveryReplicaHasFreedIt_Waits()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers(Cards.Of(Cards.NoTrial, "[]", Cards.Version("2", "deprecated", replicas: $"[{Cards.Replica("modelserver-1", "deprecated", leases: 3)}]")), 202)
            .Answers(Cards.Of(Cards.NoTrial, "[]", Cards.Version("2", "unloaded")));

        Assert.Equal(0, Run(gateway, "unload", "sentiment:2"));
        Assert.Equal("sentiment:2 is deprecated (modelserver-1 deprecated, 3 requests left)", Lines[0]);
        Assert.Equal(2, gateway.Requests.Count);
    }

    [Theory]
    [InlineData(409, "Another trial is under way.")]
    [InlineData(507, "It does not fit.")]
    [InlineData(404, "There is no such model.")]
    public async Task Change_Refused_IsOneWithTheGatewaysSentence(int status, string detail)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Refuses(status, detail);

        Assert.Equal(1, Run(gateway, "load", "sentiment:2"));
        Assert.Equal(detail, _error.ToString().Trim());
        Assert.Empty(Lines);
    }

    [Theory]
    [InlineData(401, "does not accept the token")]
    [InlineData(403, "scope admin")]
    public async Task Change_TokenThatDoesNotDo_SaysWhich(int status, string words)
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers("", status);

        Assert.Equal(1, Run(gateway, "list"));
        Assert.Contains(words, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_SomethingElseAnswers_SaysSo()
    {
        await using var gateway = await StubGateway.StartAsync();
        gateway.Answers("<html>");

        Assert.Equal(1, Run(gateway, "list"));
        Assert.Contains("not this platform's gateway", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void List_NobodyListens_SaysHowToStart()
    {
        Assert.Equal(1, ModelCommand.Run(["list", "--gateway-port", "1", "--token", "t"], _output, _error));
        Assert.Contains("./start", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("load", "sentiment")]
    [InlineData("load", "sentiment:1", "2")]
    [InlineData("load", "sentiment:2", "--percent", "3")]
    [InlineData("load", "sentiment:2", "--gateway")]
    [InlineData("load", "sentiment:2", "--gateway", "ftp://x")]
    [InlineData("load", "sentiment:2", "--gateway", "localhost")]
    [InlineData("load", "sentiment:2", "--gateway-port", "0")]
    [InlineData("load", "sentiment:2", "--gateway", "http://elsewhere.example")]
    [InlineData("canary", "sentiment:2", "--percent", "100")]
    [InlineData("canary", "sentiment:2", "--percent", "x")]
    [InlineData("rollback")]
    [InlineData("rollback", "sentiment:2")]
    [InlineData("list", "a", "b")]
    [InlineData("list", "--force")]
    [InlineData("unload", "sentiment:2", "--force=1")]
    public void Arguments_Wrong_AreTwo(params string[] args)
    {
        Assert.Equal(2, ModelCommand.Run(args, _output, _error));
        Assert.NotEmpty(_error.ToString());
    }

    private int Run(StubGateway gateway, params string[] args) => ModelCommand.Run([.. args, "--gateway", gateway.Url, "--token", "t"], _output, _error);
}
