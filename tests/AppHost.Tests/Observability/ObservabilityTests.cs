using AppHost.Authentication;
using AppHost.Observability;
using AppHost.Tests.Platform;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Testing;

namespace AppHost.Tests.Observability;

/// <summary>What <c>--observability</c> adds to the application, without running it: that needs a container engine.</summary>
public sealed class ObservabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Prometheus_OfTheApplication_HasTheFilesTheTokenAndTheAddresses()
    {
        var (prometheus, _) = Build();

        Assert.Equal("docker.io/prom/prometheus:v3.5.0", Image(prometheus));
        Assert.Equal(
            [
                ("/etc/prometheus/prometheus.yml", Path.Combine(DeployedFiles.Folder, "prometheus.yml")),
                ("/etc/prometheus/rules", Path.Combine(DeployedFiles.Folder, "rules")),
                ("/etc/prometheus/start-prometheus.sh", Path.Combine(DeployedFiles.Folder, "start-prometheus.sh")),
                ("/etc/prometheus/token", Path.Combine(_folder.Path, "platform", "token")),
            ],
            Mounts(prometheus));
        Assert.Equal("/bin/sh", prometheus.Entrypoint);
        var published = await PublishedAsync(prometheus);
        var environment = published.EnvironmentVariables.ToDictionary();
        Assert.Equal(["/etc/prometheus/start-prometheus.sh"], published.Arguments.Select(argument => argument.Value));
        Assert.Equal("{gateway.bindings.http.host}:{gateway.bindings.http.port}", environment["GATEWAYS"]);
        Assert.Equal(
            "{modelserver-1.bindings.http.host}:{modelserver-1.bindings.http.port}, {modelserver-2.bindings.http.host}:{modelserver-2.bindings.http.port}", environment["MODELSERVERS"]);
        Assert.Equal(9090, prometheus.Annotations.OfType<EndpointAnnotation>().Single().TargetPort);
    }

    [Fact]
    public async Task Grafana_OfTheApplication_HasTheDashboardAndCallsNobody()
    {
        var (_, grafana) = Build();

        Assert.Equal("docker.io/grafana/grafana:12.1.1", Image(grafana));
        Assert.Equal(
            [
                ("/etc/grafana/provisioning/datasources", Path.Combine(DeployedFiles.Folder, "grafana", "provisioning", "datasources")),
                ("/etc/grafana/provisioning/dashboards", Path.Combine(DeployedFiles.Folder, "grafana", "provisioning", "dashboards")),
                ("/var/lib/grafana/dashboards/platform.json", DeployedFiles.Dashboard),
            ],
            Mounts(grafana));
        var environment = (await PublishedAsync(grafana)).EnvironmentVariables.ToDictionary();
        Assert.Equal("{prometheus.bindings.http.url}", environment["PROMETHEUS_URL"]);
        Assert.Equal(("Viewer", "true", "false"), (environment["GF_AUTH_ANONYMOUS_ORG_ROLE"], environment["GF_AUTH_DISABLE_LOGIN_FORM"], environment["GF_ANALYTICS_REPORTING_ENABLED"]));
        // What the provider reads is where the dashboard is mounted.
        Assert.Contains("path: /var/lib/grafana/dashboards\n", File.ReadAllText(Path.Combine(DeployedFiles.Folder, "grafana", "provisioning", "dashboards", "platform.yml")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_InItsFile_IsForMetricsAloneAndForThisUserAlone()
    {
        var builder = Builder();
        var tokens = builder.AddTokenTrust();
        var path = ScrapeToken.Create(Path.Combine(_folder.Path, "platform"));
        Assert.Equal("", File.ReadAllText(path));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        await ScrapeToken.RenewAsync(path, tokens, default);

        var token = new JsonWebToken(File.ReadAllText(path));
        Assert.Equal(("prometheus", "metrics"), (token.Subject, token.GetClaim("scope").Value));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [NeedsFact(Need.Linux)]
    public async Task Start_WithoutAContainerEngine_IsOneSentenceAndExitCode2()
    {
        var engine = FakeEngine.Write(_folder.Path, "docker", "Docker version 28.2.2, build e6534b4", answers: false);
        await using var platform = new PlatformProcess("dotnet", [PlatformProcess.Host, "--observability", "--cache", "none", "--no-dashboard", "--gateway-port", $"{FreePort()}"],
            new() { ["PATH"] = $"{Path.GetDirectoryName(engine)}:{Environment.GetEnvironmentVariable("PATH")}", ["ASPIRE_CONTAINER_RUNTIME"] = "docker" });
        await platform.WaitForExitAsync();

        Assert.Equal(2, platform.ExitCode);
        var said = Assert.Single(platform.Lines, line => line.Length > 0);
        Assert.StartsWith("--observability needs a container engine", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_WithIt_LeavesItOutAndSaysSo()
    {
        await using var platform = new PlatformProcess("--observability", "--publisher", "manifest", "--output-path", _folder.Path);
        await platform.WaitForExitAsync();

        Assert.True(platform.ExitCode == 0, platform.Output);
        Assert.Contains(platform.Lines, line => line.StartsWith("--observability is left out of what is published", StringComparison.Ordinal));
        Assert.DoesNotContain("grafana", File.ReadAllText(Path.Combine(_folder.Path, "aspire-manifest.json")), StringComparison.Ordinal);
    }

    private static IDistributedApplicationBuilder Builder()
        => DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = [$"--Parameters:{TokenTrustExtensions.SigningKeyParameter}={new string('k', 64)}"], DisableDashboard = true });

    private (ContainerResource Prometheus, ContainerResource Grafana) Build()
    {
        var builder = Builder();
        var platform = new PlatformOptions { Replicas = 2 };
        var gateway = builder.AddGateway(platform);
        var prometheus = builder.AddPrometheus(
            DeployedFiles.Folder, Path.Combine(_folder.Path, "platform"), builder.AddTokenTrust(), gateway, builder.AddModelServers(platform));
        return (prometheus.Resource, builder.AddGrafana(DeployedFiles.Folder, prometheus).Resource);
    }

    private static Task<IExecutionConfigurationResult> PublishedAsync(ContainerResource container) => ExecutionConfigurationBuilder.Create(container)
        .WithArgumentsConfig().WithEnvironmentVariablesConfig()
        .BuildAsync(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), NullLogger.Instance, default);

    private static string Image(ContainerResource container) => container.Annotations.OfType<ContainerImageAnnotation>().Single() is var image ? $"{image.Registry}/{image.Image}:{image.Tag}" : "";

    private static (string Target, string? Source)[] Mounts(ContainerResource container)
    {
        var mounts = container.Annotations.OfType<ContainerMountAnnotation>().ToArray();
        Assert.All(mounts, mount => Assert.True(mount.IsReadOnly && mount.Type == ContainerMountType.BindMount && Path.Exists(mount.Source), mount.Source));
        return [.. mounts.Select(mount => (mount.Target, mount.Source))];
    }

    private static int FreePort() => AppHost.Startup.LoopbackPorts.Free();
}
