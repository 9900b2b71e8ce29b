using System.Net;
using Microsoft.AspNetCore.Builder;
using Testing;

namespace ServiceDefaults.Tests.Authentication;

/// <summary>The dates of a token (RFC 7519 §2, NumericDate: seconds since 1970, perhaps with a fraction).</summary>
public sealed class TokenDatesTests
{
    [Theory]
    [InlineData("4102444800")]
    [InlineData("2147483648")]
    [InlineData("4294967296")]
    [InlineData("4102444800.75")]
    [InlineData("4.1024448e9")]
    [InlineData("253402300799")]
    [InlineData("253402300800")]
    [InlineData("4102444800000")]
    [InlineData("9223372036854775807")]
    [InlineData("1e18")]
    public async Task Expiry_FarAhead_IsAccepted(string expiry)
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/secured", TestTokens.Sign($$"""{"sub":"a","exp":{{expiry}}}"""))).StatusCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1700000000.5")]
    [InlineData("-9223372036854775808")]
    [InlineData("-1e300")]
    [InlineData("9223372036854775808")]
    [InlineData("1e300")]
    [InlineData("1e-300")]
    [InlineData("\"4102444800\"")]
    [InlineData("\"2100-01-01T00:00:00Z\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"Infinity\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[4102444800]")]
    [InlineData("{}")]
    public async Task Expiry_OverOrNoCountOfSeconds_IsRefused(string expiry)
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/secured", TestTokens.Sign($$"""{"sub":"a","exp":{{expiry}}}"""))).StatusCode);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1700000000.5")]
    [InlineData("1.7e9")]
    public async Task NotBefore_Past_IsAccepted(string start)
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/secured", TestTokens.Sign($$"""{"sub":"a","nbf":{{start}}}"""))).StatusCode);
    }

    [Theory]
    [InlineData("4102444800")]
    [InlineData("4102444800.5")]
    [InlineData("4.1024448e9")]
    [InlineData("1e300")]
    [InlineData("\"1700000000\"")]
    [InlineData("\"4102444800\"")]
    [InlineData("\"soon\"")]
    [InlineData("[4102444800]")]
    [InlineData("{}")]
    public async Task NotBefore_AheadOrNoNumber_IsRefused(string start)
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/secured", TestTokens.Sign($$"""{"sub":"a","nbf":{{start}}}"""))).StatusCode);
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(app => app.MapGet("/secured", () => "ok"));
}
