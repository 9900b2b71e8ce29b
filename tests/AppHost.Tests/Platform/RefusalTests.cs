using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>The refusals of the contract, seen from outside the gateway.</summary>
[Collection(PlatformCollection.Name)]
public class RefusalTests(RunningPlatform platform)
{
    private const string Good = """{"text":"fine"}""";

    public static TheoryData<string, string?, int> Tokens => new()
    {
        { "none", null, 401 },
        { "garbage", "abc", 401 },
        { "wrong key", RunningPlatform.CreateToken(key: new string('x', 64)), 401 },
        { "expired", RunningPlatform.CreateToken(expires: DateTime.UtcNow.AddHours(-1)), 401 },
        { "unsigned", TestTokens.Unsigned(), 401 },
        { "wrong audience", RunningPlatform.CreateToken(audience: "another"), 401 },
        { "no scope", RunningPlatform.CreateToken(scope: null), 403 },
        { "other scope", RunningPlatform.CreateToken(scope: "models:read"), 403 },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Predict_Token_IsJudged(string kind, string? token, int status)
    {
        using var client = platform.CreateClient(token);

        using var response = await client.PostAsync("/predict", Json(Good));

        Assert.True(status == (int)response.StatusCode, $"{kind}: {(int)response.StatusCode}");
        await AssertProblem(response, status);
    }

    [Theory]
    [InlineData("""{"text":""", 400)]
    [InlineData("{}", 422)]
    [InlineData("""{"text":null}""", 422)]
    [InlineData("""{"text":"a","model":"absent"}""", 404)]
    public async Task Predict_Body_IsJudged(string body, int status)
    {
        using var client = platform.CreateClient();

        using var response = await client.PostAsync("/predict", Json(body));

        Assert.Equal(status, (int)response.StatusCode);
        await AssertProblem(response, status);
    }

    [Fact]
    public async Task Predict_NotJson_IsUnsupported()
    {
        using var client = platform.CreateClient();

        using var response = await client.PostAsync("/predict", new StringContent("fine", Encoding.UTF8, "text/plain"));

        await AssertProblem(response, 415);
    }

    [Fact]
    public async Task Predict_LargeBody_IsTooLargeAndTheClientReadsIt()
    {
        using var client = platform.CreateClient();

        using var response = await client.PostAsJsonAsync("/predict", new { text = new string('a', 300 * 1024) });

        await AssertProblem(response, 413);
    }

    [Fact]
    public async Task Classify_Refused_IsAnErrorObject()
    {
        using var client = platform.CreateClient();

        using var response = await client.PostAsync("/v1/classify", Json("""{"input":"a","model":"absent"}"""));

        Assert.Equal(404, (int)response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task AssertProblem(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetInt32());
    }
}
