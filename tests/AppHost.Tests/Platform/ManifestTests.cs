using System.Text.Json;

namespace AppHost.Tests.Platform;

public sealed class ManifestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("manifest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--publisher", "manifest")]
    [InlineData("--operation", "publish", "--step", "publish-manifest")]
    [InlineData("--publisher", "manifest", "--cache", "process")]
    public async Task Publish_Manifest_HasAllResourcesAndNoSecretOrDevelopmentSetting(params string[] asked)
    {
        await using var platform = new PlatformProcess([.. asked, "--output-path", _folder]);
        await platform.WaitForExitAsync(TimeSpan.FromSeconds(60));

        Assert.True(platform.ExitCode == 0, platform.Output);
        var text = File.ReadAllText(Path.Combine(_folder, "aspire-manifest.json"));
        using var manifest = JsonDocument.Parse(text);
        var resources = manifest.RootElement.GetProperty("resources");
        foreach (var (name, type) in new[]
        {
            ("gateway", "project.v0"), ("modelserver-1", "project.v0"), ("modelserver-2", "project.v0"),
            ("cache", "container.v0"), ("cache-password", "parameter.v0"), ("oidc-authority", "parameter.v0"), ("oidc-audience", "parameter.v0"), ("gateway-key", "parameter.v0"),
        }) Assert.StartsWith(type[..^1], resources.GetProperty(name).GetProperty("type").GetString(), StringComparison.Ordinal);

        Assert.True(resources.GetProperty("gateway").GetProperty("bindings").GetProperty("http").GetProperty("external").GetBoolean());
        Assert.False(resources.GetProperty("modelserver-1").GetProperty("bindings").GetProperty("http").TryGetProperty("external", out _));
        Assert.Equal("{modelserver-2.bindings.http.url}", resources.GetProperty("gateway").GetProperty("env").GetProperty("services__modelserver-2__http__0").GetString());
        Assert.Equal("{modelserver-2.bindings.http2.url}", resources.GetProperty("gateway").GetProperty("env").GetProperty("services__modelserver-2__http2__0").GetString());
        Assert.Equal("{modelserver-1.bindings.http2.targetPort}", resources.GetProperty("modelserver-1").GetProperty("env").GetProperty("Http2__Port").GetString());
        Assert.Equal("http2", resources.GetProperty("modelserver-1").GetProperty("bindings").GetProperty("http2").GetProperty("transport").GetString());
        Assert.DoesNotContain("Development", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SigningKey", text, StringComparison.Ordinal);
    }
}
