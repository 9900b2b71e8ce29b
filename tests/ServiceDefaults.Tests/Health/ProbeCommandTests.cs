using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Tests.Health;

public class ProbeCommandTests
{
    [Theory]
    [InlineData("URLS", "http://*:8080", "http://127.0.0.1:8080/ready")]
    [InlineData("URLS", "http://+:9000;http://+:9001", "http://127.0.0.1:9000/ready")]
    [InlineData("URLS", "https://*:8443; http://[::]:8080", "http://127.0.0.1:8080/ready")]
    [InlineData("URLS", "http://unix:/run/gateway.sock;http://0.0.0.0:81", "http://127.0.0.1:81/ready")]
    [InlineData("URLS", "http://10.1.2.3:8080", "http://10.1.2.3:8080/ready")]
    [InlineData("URLS", "http://[::1]:8080", "http://[::1]:8080/ready")]
    [InlineData("HTTP_PORTS", "8080;8081", "http://127.0.0.1:8080/ready")]
    [InlineData("NOTHING", "", "http://localhost:5000/ready")]
    public void Address_OfWhatTheServiceListensOn_IsTheFirstOfPlainHttp(string name, string value, string expected)
        => Assert.Equal(expected, ProbeCommand.Address(Settings((name, value)))?.ToString());

    [Fact]
    public void Address_WithUrlsAndPorts_IsOfTheUrls()
        => Assert.Equal(new Uri("http://127.0.0.1:1/ready"), ProbeCommand.Address(Settings(("URLS", "http://*:1"), ("HTTP_PORTS", "2"))));

    [Fact]
    public void Probe_OfTlsAlone_SaysWhatItNeeds()
    {
        var error = new StringWriter();
        Assert.False(ProbeCommand.Run([], Settings(("URLS", "https://*:8443")), error));
        Assert.Contains("no http address", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_OfReadyService_Succeeds()
    {
        await using var service = await TestService.StartAsync(_ => { });
        var error = new StringWriter();
        Assert.True(ProbeCommand.Run([], Settings(("URLS", service.Address.ToString())), error), error.ToString());
    }

    [Fact]
    public async Task Probe_OfServiceThatIsNotReady_FailsWithTheStatus()
    {
        await using var service = await TestService.StartAsync(
            _ => { },
            builder => builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy(), tags: [HealthExtensions.ReadyTag]));
        var error = new StringWriter();
        Assert.False(ProbeCommand.Run([], Settings(("URLS", service.Address.ToString())), error));
        Assert.Contains("answers 503", error.ToString(), StringComparison.Ordinal);
        // It lives, and a probe of that can be asked for.
        Assert.True(ProbeCommand.Run([new Uri(service.Address, "/alive").ToString()], Settings(), error), error.ToString());
    }

    [Fact]
    public async Task Probe_ThatIsSentElsewhere_Fails()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/moved", () => Results.Redirect("/alive")).AllowAnonymous());
        Assert.False(ProbeCommand.Run([new Uri(service.Address, "/moved").ToString()], Settings(), TextWriter.Null));
    }

    [Fact]
    public void Probe_OfNobody_FailsWithTheReason()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var error = new StringWriter();
        Assert.False(ProbeCommand.Run([], Settings(("HTTP_PORTS", $"{port}")), error));
        Assert.Contains("does not answer", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ready")]
    [InlineData("ftp://127.0.0.1/ready")]
    [InlineData("http://127.0.0.1:1/ready", "more")]
    public void Probe_OfNoAddress_TellsItsUsage(params string[] args)
    {
        var error = new StringWriter();
        Assert.False(ProbeCommand.Run(args, Settings(), error));
        Assert.StartsWith("Usage", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Command_OtherThanProbe_IsNotTaken() => Assert.False(ProbeCommand.Ran(["--urls", "http://*:8080"]));

    private static IConfiguration Settings(params (string Key, string Value)[] settings)
        => new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
}
