using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace StandIns.Tests.Aspire;

public class TestingBuilderTests
{
    [Fact]
    public async Task AppHost_UnderTest_RunsItsServicesAndRedis()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--Parameters:signing-key=given", "--Parameters:cache-password=pass"], limit.Token);
        builder.CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(r => r.Name == "one")).WithEnvironment("ADDED_BY_TEST", "yes");
        await using var application = await builder.BuildAsync(limit.Token);
        await application.StartAsync(limit.Token);
        await application.ResourceNotifications.WaitForResourceHealthyAsync("front", limit.Token);

        using var one = application.CreateHttpClient("one");
        using var front = application.CreateHttpClient("front", "http");
        var cache = await application.GetConnectionStringAsync("cache", limit.Token);

        Assert.Equal("given", await one.GetStringAsync("/env/SIGNING_KEY", limit.Token));
        Assert.Equal("yes", await one.GetStringAsync("/env/ADDED_BY_TEST", limit.Token));
        Assert.Equal(cache, await one.GetStringAsync("/env/ConnectionStrings__cache", limit.Token));
        Assert.Matches(@"^localhost:\d+,password=pass$", cache);
        Assert.Equal($"redis://:pass@{cache!.Split(',')[0]}", await one.GetStringAsync("/env/CACHE_URI", limit.Token));
        Assert.Equal(application.GetEndpoint("one").ToString().TrimEnd('/'), await front.GetStringAsync("/env/services__one__http__0", limit.Token));
    }

    [Fact]
    public async Task Dashboard_UnderTest_LogsInByItsLinkAndListensForTelemetry()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([], (options, _) => options.DisableDashboard = false, limit.Token);
        await using var application = await builder.BuildAsync(limit.Token);
        await application.StartAsync(limit.Token);
        var dashboard = await application.ResourceNotifications.WaitForResourceHealthyAsync("aspire-dashboard", WaitBehavior.StopOnResourceUnavailable, limit.Token);
        await application.ResourceNotifications.WaitForResourceHealthyAsync("one", limit.Token);

        using var browser = new HttpClient();
        using var login = await browser.GetAsync(dashboard.Snapshot.Urls.Single(u => u.Name is "http" or "https").Url, limit.Token);
        using var one = application.CreateHttpClient("one");

        Assert.True(login.IsSuccessStatusCode);
        Assert.DoesNotContain("/login", login.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("one", await one.GetStringAsync("/env/OTEL_SERVICE_NAME", limit.Token));
        Assert.Matches("^x-otlp-api-key=[0-9a-zA-Z]+$", await one.GetStringAsync("/env/OTEL_EXPORTER_OTLP_HEADERS", limit.Token));
        Assert.Matches("^service.instance.id=.+", await one.GetStringAsync("/env/OTEL_RESOURCE_ATTRIBUTES", limit.Token));
        var otlp = new Uri(await one.GetStringAsync("/env/OTEL_EXPORTER_OTLP_ENDPOINT", limit.Token));
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(otlp.Host, otlp.Port, limit.Token);
    }

    [Fact]
    public async Task Project_ThatExits_IsSeenWithItsCode()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(limit.Token);
        foreach (var resource in builder.Resources.Where(r => r.Name is not "front").ToArray()) builder.Resources.Remove(resource);
        foreach (var wait in builder.Resources[0].Annotations.OfType<WaitAnnotation>().ToArray()) builder.Resources[0].Annotations.Remove(wait);
        foreach (var variables in builder.Resources[0].Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray()) builder.Resources[0].Annotations.Remove(variables);
        await using var application = await builder.BuildAsync(limit.Token);
        await application.StartAsync(limit.Token);
        await application.ResourceNotifications.WaitForResourceHealthyAsync("front", limit.Token);

        using var front = application.CreateHttpClient("front");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => front.PostAsync("/exit/17", null, limit.Token));

        var ended = await application.StateAsync("front", [.. KnownResourceStates.TerminalStates]);
        Assert.Equal(17, ended.Snapshot.ExitCode);
    }
}
