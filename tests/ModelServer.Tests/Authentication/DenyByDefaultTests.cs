using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ModelServer.Tests.Authentication;

public sealed class DenyByDefaultTests(ModelServerHost host) : IClassFixture<ModelServerHost>
{
    private static readonly string[] Open = ["/alive", "/health", "/ready", "/v2/health/live", "/v2/health/ready"];

    [Fact]
    public async Task EveryEndpoint_ButHealth_AsksForAToken()
    {
        using var stranger = host.CreateClient();
        var endpoints = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();

        var open = endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/'));
        Assert.Empty(open.Except(Open));
        Assert.True(endpoints.Length > 10);
        foreach (var endpoint in endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is null))
        {
            var path = string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => s.Parts is [Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal] ? literal.Content : "x"));
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            {
                using var response = await stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/" + path));
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} /{path}: {response.StatusCode}");
            }
        }
    }
}
