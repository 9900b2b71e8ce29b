using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Testing;

namespace ServiceDefaults.Tests.Authentication;

public sealed class TokenTextTests
{
    [Theory]
    [InlineData("""{"sub":"ann"}""", "ann")]
    [InlineData("""{"sub":"ann","client_id":"svc","azp":"app"}""", "ann")]
    [InlineData("""{"sub":"2030-01-31T00:00:00Z"}""", "2030-01-31T00:00:00Z")]
    [InlineData("""{"client_id":"svc"}""", "svc")]
    [InlineData("""{"client_id":"svc","azp":"app"}""", "svc")]
    [InlineData("""{"azp":"app"}""", "app")]
    [InlineData("""{"sub":"","client_id":"svc"}""", "svc")]
    [InlineData("""{"sub":" ","client_id":"svc"}""", "svc")]
    [InlineData("""{"sub":null,"client_id":"svc"}""", "svc")]
    [InlineData("""{"sub":7,"client_id":["svc"],"azp":"app"}""", "app")]
    [InlineData("""{"Sub":"root","sub":"ann"}""", "ann")]
    public async Task Subject_OfAToken_IsWhoeverItNames(string payload, string expected)
    {
        await using var service = await StartAsync();
        var token = TestTokens.Sign(payload);

        // Read from the token, then remembered.
        Assert.Equal($"{expected}|infer", await (await service.GetAsync("/who", token)).Content.ReadAsStringAsync());
        Assert.Equal($"{expected}|infer", await (await service.GetAsync("/who", token)).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"sub":""}""")]
    [InlineData("""{"sub":"  "}""")]
    [InlineData("""{"sub":null}""")]
    [InlineData("""{"sub":7}""")]
    [InlineData("""{"client_id":"","azp":""}""")]
    [InlineData("""{"SUB":"ann","Client_Id":"svc"}""")]
    public async Task Token_ThatNamesNobody_Is401AndSaysWhy(string payload)
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync("/who", TestTokens.Sign(payload));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        var error = (await response.Content.ReadAsStringAsync()).Parse();
        Assert.Equal("unauthorized", error.GetProperty("code").GetString());
        Assert.Contains("names nobody", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sub":[]}""")]
    [InlineData("""{"sub":["ann"]}""")]
    [InlineData("""{"sub":["ann","bob"]}""")]
    [InlineData("""{"sub":{"id":"ann"}}""")]
    [InlineData("""{"sub":true}""")]
    [InlineData("""{"sub":[],"client_id":"svc"}""")]
    [InlineData("""{"azp":{}}""")]
    public async Task Subject_ThatIsNoText_Is401AndSaysWhy(string payload)
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync("/who", TestTokens.Sign(payload));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("of a wrong type", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sub":"\ud800"}""")]
    [InlineData("""{"client_id":"\ud800"}""")]
    [InlineData("""{"sub":"ann","models":["\udc00"]}""")]
    public async Task Token_OfBrokenText_Is401(string payload)
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/who", TestTokens.Sign(payload))).StatusCode);
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData(""","Models":"a" """, true, true)]
    [InlineData(""","models":"a" """, true, false)]
    [InlineData(""","models":["a"]""", true, false)]
    [InlineData(""","models":["c","a"]""", true, false)]
    [InlineData(""","models":"c b:1" """, false, true)]
    [InlineData(""","models":[7,"b:1",null]""", false, true)]
    [InlineData(""","models":[]""", false, false)]
    [InlineData(""","models":"" """, false, false)]
    [InlineData(""","models":" " """, false, false)]
    [InlineData(""","models":null""", false, false)]
    [InlineData(""","models":[""]""", false, false)]
    [InlineData(""","models":[null]""", false, false)]
    [InlineData(""","models":[["a"]]""", false, false)]
    [InlineData(""","models":{}""", false, false)]
    [InlineData(""","models":{"a":1}""", false, false)]
    [InlineData(""","models":0""", false, false)]
    [InlineData(""","models":true""", false, false)]
    public async Task Models_OfAnyKind_AllowWhatTheyNameAlone(string claim, bool a, bool b)
    {
        await using var service = await StartAsync();
        var token = TestTokens.Sign($$"""{"sub":"ann"{{claim}}}""");

        Assert.Equal($"{a}|{b}", await (await service.GetAsync("/models", token)).Content.ReadAsStringAsync());
        Assert.Equal($"{a}|{b}", await (await service.GetAsync("/models", token)).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("[\"foo\"]")]
    [InlineData("[\"exp\"]")]
    [InlineData("[\"b64\"]")]
    [InlineData("[\"alg\"]")]
    [InlineData("[]")]
    [InlineData("[\"\"]")]
    [InlineData("[null]")]
    [InlineData("\"foo\"")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("0")]
    public async Task Header_WithCrit_IsRefused(string crit)
    {
        await using var service = await StartAsync();
        var token = TestTokens.Sign("""{"sub":"ann"}""", $$"""{"alg":"HS256","typ":"JWT","foo":1,"crit":{{crit}}}""");

        Assert.Equal(HttpStatusCode.Unauthorized, (await service.GetAsync("/who", token)).StatusCode);
    }

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"HS256","Crit":["foo"],"foo":1}""")]
    public async Task Header_WithoutCrit_IsAccepted(string header)
    {
        await using var service = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/who", TestTokens.Sign("""{"sub":"ann"}""", header))).StatusCode);
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(app =>
    {
        app.MapGet("/who", (ClaimsPrincipal user) => $"{user.Subject()}|{user.FindFirst("scope")?.Value}");
        app.MapGet("/models", (ClaimsPrincipal user) => $"{user.MayUse("a")}|{user.MayUse("b:1")}");
    });
}
