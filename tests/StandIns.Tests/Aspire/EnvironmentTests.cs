using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace StandIns.Tests.Aspire;

public class EnvironmentTests
{
    [Fact]
    public async Task Environment_OfEveryKind_ReachesTheProcess()
    {
        var builder = TestApplication.CreateBuilder("--Parameters:secret-word=sesame");
        var word = builder.AddParameter("secret-word", secret: true);
        var server = builder.AddShell("server", "sleep 60").WithHttpEndpoint(env: "PORT");
        builder.AddShell("client", "env; echo args:$0:$1; sleep 60")
            .WithArgs("first").WithArgs(c => c.Args.Add(word.Resource))
            .WithEnvironment("PLAIN", "text")
            .WithEnvironment("LAZY", () => "later")
            .WithEnvironment("WORD", word)
            .WithEnvironment("MIXED", $"http://{server.GetEndpoint("http").Property(EndpointProperty.HostAndPort)}/?q={word:uri}")
            .WithEnvironment("ADDRESS", server.GetEndpoint("http"))
            .WithEnvironment(c => c.EnvironmentVariables["FROM_CALLBACK"] = c.Resource.Name)
            .WithReference(server.GetEndpoint("http"));

        await using var application = await builder.StartedAsync();

        var url = server.GetEndpoint("http").Url;
        Assert.Equal("args:first:sesame", await application.LineAsync("client", "args:"));
        var snapshot = (await application.StateAsync("client", KnownResourceStates.Running)).Snapshot;
        var variables = snapshot.EnvironmentVariables.ToDictionary(v => v.Name, v => v.Value);
        Assert.Equal("text", variables["PLAIN"]);
        Assert.Equal("later", variables["LAZY"]);
        Assert.Equal("sesame", variables["WORD"]);
        Assert.Equal($"{url}/?q=sesame", variables["MIXED"]);
        Assert.Equal(url, variables["ADDRESS"]);
        Assert.Equal("client", variables["FROM_CALLBACK"]);
        Assert.Equal(url, variables["services__server__http__0"]);
        Assert.Equal(url, variables["SERVER_HTTP"]);
        Assert.Equal($"WORD=sesame", await application.LineAsync("client", "WORD="));
    }

    [Fact]
    public async Task Variable_ThatIsNoShellName_ReachesTheProcessToo()
    {
        var builder = TestApplication.CreateBuilder();
        builder.AddExecutable("printer", "env", "/").WithEnvironment("services__server-1__http__0", "here");

        await using var application = await builder.StartedAsync();

        Assert.Equal("services__server-1__http__0=here", await application.LineAsync("printer", "services__server-1"));
    }

    [Fact]
    public async Task Endpoint_WithEnvironmentName_TellsTheProcessItsPort()
    {
        var builder = TestApplication.CreateBuilder();
        var server = builder.AddShell("server", "echo port:$PORT; sleep 60").WithEndpoint(env: "PORT", scheme: "tcp", name: "main");

        await using var application = await builder.StartedAsync();

        var port = await server.GetEndpoint("main").Property(EndpointProperty.TargetPort).GetValueAsync(CancellationToken.None);
        Assert.Equal($"port:{port}", await application.LineAsync("server", "port:"));
    }

    [Fact]
    public async Task ConnectionString_OfAnExpression_IsInjectedUnderItsName()
    {
        var builder = TestApplication.CreateBuilder();
        var server = builder.AddShell("server", "sleep 60").WithEndpoint(scheme: "tcp", name: "main");
        var store = builder.AddConnectionString("store", ReferenceExpression.Create($"host={server.GetEndpoint("main").Property(EndpointProperty.Host)};{"a=1"}"));
        builder.AddShell("client", "sleep 60").WithReference(store).WaitFor(store);

        await using var application = await builder.StartedAsync();

        var variables = (await application.StateAsync("client", KnownResourceStates.Running)).Snapshot.EnvironmentVariables;
        Assert.Equal("host=localhost;a=1", variables.Single(v => v.Name == "ConnectionStrings__store").Value);
    }

    [Fact]
    public async Task Url_ForEndpoint_IsRelativeToIt()
    {
        var builder = TestApplication.CreateBuilder();
        var server = builder.AddShell("server", "sleep 60").WithHttpEndpoint()
            .WithUrlForEndpoint("http", u => (u.Url, u.DisplayText) = ("/docs", "Docs")).WithUrl("https://example.org", "Elsewhere");

        await using var application = await builder.StartedAsync();

        var urls = (await application.StateAsync("server", KnownResourceStates.Running)).Snapshot.Urls;
        Assert.Contains(urls, u => u.Url == $"{server.GetEndpoint("http").Url}/docs" && u.DisplayProperties.DisplayName == "Docs");
        Assert.Contains(urls, u => u.Url == "https://example.org" && u.DisplayProperties.DisplayName == "Elsewhere");
    }
}
