using System.Text.Json.Nodes;

namespace StandIns.Tests.Aspire;

public class ManifestTests
{
    [Fact]
    public async Task Manifest_OfTheFixture_HasWhatDeploymentToolsRead()
    {
        using var host = new AppHostProcess(null, "--publisher", "manifest", "--output-path", "out");
        Assert.Equal(0, await host.WaitForExitAsync(TimeSpan.FromSeconds(30)));
        var file = Path.Combine(host.Home, "out", "aspire-manifest.json");
        var resources = JsonNode.Parse(await File.ReadAllTextAsync(file))!["resources"]!;

        Assert.Equal("parameter.v0", Text("signing-key", "type"));
        Assert.Equal("{signing-key.inputs.value}", Text("signing-key", "value"));
        Assert.Equal("""{"type":"string","secret":true,"default":{"generate":{"minLength":64,"special":false}}}""", resources["signing-key"]!["inputs"]!["value"]!.ToJsonString());

        Assert.Equal("container.v0", Text("cache", "type"));
        Assert.Matches(@"^\{cache\.bindings\.tcp\.host\}:\{cache\.bindings\.tcp\.port\},password=\{cache-password\.value\}\{cond-cache-bindings-tcp-tlsenabled-[0-9a-f]{8}\.connectionString\}$", Text("cache", "connectionString"));
        Assert.Matches("^docker.io/library/redis:", Text("cache", "image"));
        Assert.Equal("/bin/sh", Text("cache", "entrypoint"));
        Assert.Equal("""["-c","redis-server --requirepass $REDIS_PASSWORD"]""", resources["cache"]!["args"]!.ToJsonString());
        Assert.Equal("{cache-password.value}", Text("cache", "env", "REDIS_PASSWORD"));
        Assert.Equal("""{"scheme":"redis","protocol":"tcp","transport":"tcp","targetPort":6379}""", resources["cache"]!["bindings"]!["tcp"]!.ToJsonString());

        Assert.Equal("project.v0", Text("one", "type"));
        Assert.EndsWith("Service/Service.csproj", Text("one", "path"));
        Assert.Equal("{signing-key.value}", Text("one", "env", "SIGNING_KEY"));
        Assert.Equal("{cache.connectionString}", Text("one", "env", "ConnectionStrings__cache"));
        Assert.Equal("{cache.bindings.tcp.scheme}://:{cache-password-uri-encoded.value}@{cache.bindings.tcp.host}:{cache.bindings.tcp.port}", Text("one", "env", "CACHE_URI"));
        Assert.Equal("{one.bindings.http.targetPort}", Text("one", "env", "HTTP_PORTS"));
        Assert.Equal("{one.bindings.http.url}", Text("front", "env", "services__one__http__0"));
        Assert.True(resources["front"]!["bindings"]!["http"]!["external"]!.GetValue<bool>());
        foreach (var variable in new[] { "ASPNETCORE_ENVIRONMENT", "ASPNETCORE_URLS", "OTEL_EXPORTER_OTLP_ENDPOINT" }) Assert.Null(resources["one"]!["env"]![variable]);

        Assert.Equal("""{"type":"annotated.string","value":"{cache-password.value}","filter":"uri"}""", resources["cache-password-uri-encoded"]!.ToJsonString());
        Assert.Equal("parameter.v0", Text("cache-password", "type"));
        var tls = resources.AsObject().Single(r => r.Key.StartsWith("cond-", StringComparison.Ordinal)).Value!;
        Assert.Equal("""{"type":"value.v0","connectionString":""}""", tls.ToJsonString());

        string Text(string resource, params string[] path) => path.Aggregate(resources[resource]!, (node, name) => node[name]!).GetValue<string>();
    }
}
