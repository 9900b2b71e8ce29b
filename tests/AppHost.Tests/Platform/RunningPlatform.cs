using System.Net.Http.Headers;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>The whole platform as processes of this machine: gateway, two model servers and, where redis-server is installed, the cache. It serves the shipped
/// models and small ones of all other tasks.</summary>
public sealed class RunningPlatform : IAsyncLifetime
{
    /// <summary>Tokens a minute of the tier <c>metered</c>.</summary>
    public const int MeteredTokens = 1_000_000;

    /// <summary>The kind of cache that needs nothing of this machine but itself, whatever container engines it has.</summary>
    public static readonly string Cache = Programs.Has("redis-server") ? "process" : "none";

    private static readonly string[] Servers = ["modelserver-1", "modelserver-2"];
    private static readonly (string Fixture, string Model)[] OtherTasks =
    [
        ("models/tiny-rerank", "reranker"), ("models/tiny-answer", "reader"), ("models/tiny-nli", "tiny-nli"), ("models/tiny-tokens", "entities"), ("models/tiny-mask", "masked"),
        ("vectors/splade", "splade"), ("vectors/colbert", "colbert"),
    ];
    private readonly TemporaryFolder _models = new(), _rollouts = new();
    private DistributedApplication? _application;

    public HttpClient CreateClient(string? token)
    {
        var client = _application!.CreateHttpClient("gateway", "http");
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public string Models => _models.Path;

    /// <summary>Where the model servers speak HTTP/1.1.</summary>
    public IReadOnlyList<Uri> ModelServers() => [.. Servers.Select(name => _application!.GetEndpoint(name, "http"))];

    public HttpClient CreateClient() => CreateClient(CreateToken());

    /// <summary>A token signed as <c>./token</c> signs, with this platform's key.</summary>
    public static string CreateToken(
        string? scope = "infer", string key = TestTokens.SigningKey, string audience = AppHost.Authentication.DevelopmentToken.Audience, DateTime? expires = null, string tier = "developer", string subject = "developer")
        => TestTokens.Create(scope, subject, key, AppHost.Authentication.DevelopmentToken.Issuer, audience, expires, new Dictionary<string, object> { ["tier"] = tier });

    public async Task InitializeAsync()
    {
        foreach (var model in new[] { "chat", "embedding", "sentiment", "stories" }) Copy(Path.Combine(RepositoryPaths.Models, model), Path.Combine(_models.Path, model));
        // Of tasks that none of the shipped models is for.
        foreach (var (fixture, model) in OtherTasks) Copy(Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", fixture), Path.Combine(_models.Path, model));
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
        [
            "--no-dashboard", "--device", "cpu", "--replicas", "2", "--cache", Cache, "--gateway-port", FreePort().ToString(), "--models", _models.Path,
            "--Rollouts:Folder", _rollouts.Path,
            "--Parameters:jwt-signing-key", TestTokens.SigningKey,
        ]);
        builder.CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(r => r.Name == "gateway"))
            .WithEnvironment("RateLimiting__Tiers__metered__RequestsPerMinute", "100000")
            .WithEnvironment("RateLimiting__Tiers__metered__TokensPerMinute", MeteredTokens.ToString(System.Globalization.CultureInfo.InvariantCulture));
        // Tests ask for any of the models at once.
        foreach (var server in builder.Resources.OfType<ProjectResource>().Where(r => r.Name.StartsWith("modelserver-", StringComparison.Ordinal)))
            builder.CreateResourceBuilder(server).WithEnvironment("Models__ReadyWhen", "all").WithEnvironment("Models__Defaults__text-classification", "sentiment");
        _application = await builder.BuildAsync();
        using var limit = new CancellationTokenSource(Eventually.Limit);
        await _application.StartAsync(limit.Token);
        foreach (var name in (string[])[.. Servers, "gateway"])
            await _application.Services.GetRequiredService<ResourceNotificationService>().WaitForResourceHealthyAsync(name, limit.Token);
    }

    public async Task DisposeAsync()
    {
        if (_application is not null) await _application.DisposeAsync();
        _models.Dispose();
        _rollouts.Dispose();
    }

    internal static void Copy(string source, string target)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}

[CollectionDefinition(Name)]
public class PlatformCollection : ICollectionFixture<RunningPlatform>
{
    public const string Name = "platform";
}
