using System.Net;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Authentication;

public sealed class DenyByDefaultTests
{
    private static readonly string[] Open = ["/", "/alive", "/console", "/console/{file}", "/health", "/openapi/{documentName}.json", "/ready", "/v2/health/live", "/v2/health/ready"];

    [Fact]
    public async Task EveryEndpoint_ButTheOpenOnes_AsksForAToken()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var endpoints = gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();
        using var stranger = gateway.CreateClient();

        var open = endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'));
        Assert.Equal(Open, open.Distinct().Order(StringComparer.Ordinal));
        Assert.True(endpoints.Length > 15);
        foreach (var endpoint in endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("{**rest}", "x", StringComparison.Ordinal).Replace("{id?}", "", StringComparison.Ordinal).Replace("{id}", "x", StringComparison.Ordinal);
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "DELETE"])
            {
                using var response = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {response.StatusCode}");
            }
        }

        Assert.Equal(0, gateway.Replica.Count);
    }
}
