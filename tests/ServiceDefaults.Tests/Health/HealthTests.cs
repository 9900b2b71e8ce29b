using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Tests.Health;

public sealed class HealthTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK, "healthy")]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable, "unhealthy")]
    public async Task Ready_FollowsTheChecksTaggedReady_AliveDoesNot(HealthStatus state, HttpStatusCode expected, string word)
    {
        await using var service = await TestService.StartAsync(_ => { }, builder => builder.Services.AddHealthChecks()
            .AddCheck("tagged", () => new HealthCheckResult(state), [HealthExtensions.ReadyTag])
            .AddCheck("untagged", () => HealthCheckResult.Unhealthy()));

        var ready = await service.GetAsync("/ready");
        Assert.Equal(expected, ready.StatusCode);
        Assert.Equal($$"""{"status":"{{word}}"}""", await ready.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/alive")).StatusCode);
    }
}
