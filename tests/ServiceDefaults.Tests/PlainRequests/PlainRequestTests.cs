using Microsoft.AspNetCore.Builder;
using Testing;

namespace ServiceDefaults.Tests.PlainRequests;

public sealed class PlainRequestTests
{
    /// <summary>HEAD was refused where GET is served (RFC 9110 §9.1 has both supported); monitors ask <c>/health</c> by it.</summary>
    [Theory]
    [InlineData("/alive", 200)]
    [InlineData("/ready", 200)]
    [InlineData("/items", 200)]
    [InlineData("/closed", 401)]
    [InlineData("/metrics", 401)]
    [InlineData("/nowhere", 401)]
    public async Task Head_OfWhatGetHas_IsTheSameWithoutABody(string path, int status)
    {
        await using var service = await StartAsync();

        using var get = await service.GetAsync(path);
        using var head = await service.SendAsync(new(HttpMethod.Head, path), null);

        Assert.Equal((status, status), ((int)get.StatusCode, (int)head.StatusCode));
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.NotEmpty(await get.Content.ReadAsByteArrayAsync());
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Head_OfAClosedRoute_IsOpenedByItsToken()
    {
        await using var service = await StartAsync();

        using var head = await service.SendAsync(new(HttpMethod.Head, "/closed"), TestTokens.Create());

        Assert.Equal(200, (int)head.StatusCode);
        // The connection is not out of step afterwards.
        Assert.Equal("items", await (await service.GetAsync("/items")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("POST", "/items", "GET, HEAD")]
    [InlineData("GET", "/made", "POST")]
    [InlineData("HEAD", "/made", "POST")]
    [InlineData("DELETE", "/both", "GET, HEAD, POST")]
    public async Task Method_ThatIsWrong_Is405WithThoseThatAreRight(string method, string path, string allow)
    {
        await using var service = await StartAsync();

        using var answer = await service.SendAsync(new(new HttpMethod(method), path), TestTokens.Create());

        Assert.Equal(405, (int)answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
    }

    /// <summary>It was 401, as if a token opened it: what routing answers with is not said to be open. Probes took any method.</summary>
    [Theory]
    [InlineData("DELETE", "/items", 405)]
    [InlineData("PUT", "/items//", 405)]
    [InlineData("POST", "/alive", 405)]
    [InlineData("PATCH", "/ready", 405)]
    [InlineData("POST", "/closed", 401)]
    [InlineData("DELETE", "/metrics", 401)]
    public async Task Method_ThatIsWrongOfAnOpenRoute_NeedsNoTokenToBeRefused(string method, string path, int status)
    {
        await using var service = await StartAsync();

        using var answer = await service.SendAsync(new(new HttpMethod(method), path), null);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 405 ? "GET, HEAD" : "", string.Join(", ", answer.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("//items", 200)]
    [InlineData("/items/", 200)]
    [InlineData("/items//", 200)]
    [InlineData("//closed/", 401)]
    [InlineData("/%2fitems", 401)]
    public async Task Path_WithEmptySegments_IsTheRouteWithout(string path, int status)
    {
        await using var service = await StartAsync();

        using var answer = await service.GetAsync(service.Address.GetLeftPart(UriPartial.Authority) + path);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(app =>
    {
        app.MapGet("/items", () => "items").AllowAnonymous();
        app.MapGet("/both", () => "both");
        app.MapPost("/both", () => "both");
        app.MapPost("/made", () => "made");
        app.MapGet("/closed", () => "closed");
    });
}
