using System.Text.Json;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>What is published, resource by resource and setting by setting.</summary>
public sealed class ManifestTests : IDisposable
{
    /// <summary>Aspire's own settings of a project and the parts of the connection string, which nothing of ours reads.</summary>
    private static readonly string[] AspiresOwn = ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "ASPNETCORE_FORWARDEDHEADERS_ENABLED", "CACHE_HOST", "CACHE_PORT", "CACHE_PASSWORD", "CACHE_URI"];

    private static readonly Dictionary<string, string> Trust = new()
    {
        ["Authentication__Authority"] = "{oidc-authority.value}",
        ["Authentication__Issuer"] = "{oidc-authority.value}",
        ["Authentication__Audience"] = "{oidc-audience.value}",
        ["Authentication__GatewayKey"] = "{gateway-key.value}",
        ["ConnectionStrings__cache"] = "{cache.connectionString}",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("manifest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--publisher", "manifest")]
    [InlineData("--operation", "publish", "--step", "publish-manifest")]
    [InlineData("--publisher", "manifest", "--cache", "process", "--replicas", "5", "--gateway-port", "9000")]
    public async Task Publish_ForALoadBalancer_HasOneScalableModelServerWithOnePort(params string[] asked)
    {
        var resources = await PublishAsync(asked);

        Assert.Equal(
            ["cache", "cache-password", "cache-password-uri-encoded", "gateway", "gateway-key", "modelserver", "oidc-audience", "oidc-authority"],
            resources.Keys.Where(name => !name.StartsWith("cond-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        AssertSettings(resources["gateway"], new(Trust)
        {
            ["HTTP_PORTS"] = "{gateway.bindings.http.targetPort}",
            ["Proxy__Http2"] = "false",
            ["Replicas__Dns"] = "{modelserver.bindings.http.url}",
            ["Replicas__LoadBalanced"] = "true",
        });
        AssertSettings(resources["modelserver"], new(Trust)
        {
            ["HTTP_PORTS"] = "{modelserver.bindings.http.targetPort}",
            ["Models__Folder"] = "models",
            ["Inference__Device"] = "auto",
            ["Inference__Cores"] = "0",
        });
        AssertBindings(resources["gateway"], """{"http":{"scheme":"http","protocol":"tcp","transport":"http","external":true}}""");
        AssertBindings(resources["modelserver"], """{"http":{"scheme":"http","protocol":"tcp","transport":"http"}}""");
    }

    [Fact]
    public async Task Publish_ForAHeadlessName_HasAModelServerThatTheGatewayResolvesAndAsksOverHttp2()
    {
        var resources = await PublishAsync("--publisher", "manifest", "--Publish:LoadBalanced=false", "--Publish:ModelsFolder", "/models", "--device", "cuda");

        AssertSettings(resources["gateway"], new(Trust)
        {
            ["HTTP_PORTS"] = "{gateway.bindings.http.targetPort}",
            ["Proxy__Http2"] = "true",
            ["Replicas__Dns"] = "{modelserver.bindings.http2.url}",
        });
        AssertSettings(resources["modelserver"], new(Trust)
        {
            ["HTTP_PORTS"] = "{modelserver.bindings.http.targetPort};{modelserver.bindings.http2.targetPort}",
            ["Http2__Port"] = "{modelserver.bindings.http2.targetPort}",
            ["Models__Folder"] = "/models",
            ["Inference__Device"] = "cuda",
            ["Inference__Cores"] = "0",
        });
        AssertBindings(
            resources["modelserver"],
            """{"http":{"scheme":"http","protocol":"tcp","transport":"http"},"http2":{"scheme":"http","protocol":"tcp","transport":"http2","targetPort":8081}}""");
    }

    [Fact]
    public async Task Publish_Cache_HasAPasswordADiskAndNoPortOutside()
    {
        var resources = await PublishAsync("--publisher", "manifest");
        var cache = resources["cache"];

        Assert.Equal("container.v0", cache.GetProperty("type").GetString());
        Assert.Equal("docker.io/library/redis:8.6", cache.GetProperty("image").GetString());
        Assert.StartsWith("{cache.bindings.tcp.host}:{cache.bindings.tcp.port},password={cache-password.value}", cache.GetProperty("connectionString").GetString(), StringComparison.Ordinal);
        Assert.Equal("redis-server --requirepass $REDIS_PASSWORD --save 60 1", cache.GetProperty("args")[1].GetString());
        Assert.Equal("""[{"name":"transformer-platform-cache","target":"/data","readOnly":false}]""", Compact(cache.GetProperty("volumes")));
        AssertBindings(cache, """{"tcp":{"scheme":"redis","protocol":"tcp","transport":"tcp","targetPort":6379}}""");
        Assert.True(Input("cache-password").GetProperty("default").GetProperty("generate").GetProperty("minLength").GetInt32() >= 22);
        Assert.All(["cache-password", "gateway-key"], name => Assert.True(Input(name).GetProperty("secret").GetBoolean()));
        Assert.All(["oidc-authority", "oidc-audience"], name => Assert.False(Input(name).TryGetProperty("default", out _)));

        JsonElement Input(string parameter) => resources[parameter].GetProperty("inputs").GetProperty("value");
    }

    [Fact]
    public async Task Publish_WithoutRedis_HasNone()
    {
        var resources = await PublishAsync("--publisher", "manifest", "--cache", "none");

        Assert.DoesNotContain(resources.Keys, name => name.StartsWith("cache", StringComparison.Ordinal));
        Assert.False(resources["gateway"].GetProperty("env").TryGetProperty("ConnectionStrings__cache", out _));
    }

    [Fact]
    public async Task Publish_WithAWrongValue_IsOneSentence()
    {
        await using var platform = new PlatformProcess(["--publisher", "manifest", "--Publish:LoadBalanced=maybe", "--output-path", _folder]);
        await platform.WaitForExitAsync();

        Assert.Equal(2, platform.ExitCode);
        Assert.Contains("Publish:LoadBalanced takes true or false, not 'maybe'.", platform.Output, StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, JsonElement>> PublishAsync(params string[] asked)
    {
        await using var platform = new PlatformProcess([.. asked, "--output-path", _folder]);
        await platform.WaitForExitAsync();

        Assert.True(platform.ExitCode == 0, platform.Output);
        var text = File.ReadAllText(Path.Combine(_folder, "aspire-manifest.json"));
        Assert.DoesNotContain("Development", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SigningKey", text, StringComparison.Ordinal);
        var resources = JsonDocument.Parse(text).RootElement.GetProperty("resources").EnumerateObject().ToDictionary(r => r.Name, r => r.Value);
        foreach (var (name, project) in new[] { ("gateway", "Gateway"), ("modelserver", "ModelServer") })
        {
            Assert.Equal("project.v0", resources[name].GetProperty("type").GetString());
            Assert.Equal(Path.Combine(RepositoryPaths.Root, project, project + ".csproj"), Path.GetFullPath(resources[name].GetProperty("path").GetString()!, _folder));
        }

        return resources;
    }

    private static void AssertSettings(JsonElement resource, Dictionary<string, string> expected)
        => Assert.Equal(
            expected.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}={s.Value}"),
            resource.GetProperty("env").EnumerateObject().Where(s => !AspiresOwn.Contains(s.Name)).OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => $"{s.Name}={s.Value.GetString()}"));

    private static void AssertBindings(JsonElement resource, string expected) => Assert.Equal(expected, Compact(resource.GetProperty("bindings")));

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
