using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace ServiceDefaults.Tests.Errors;

public sealed class ErrorShapeTests
{
    private static readonly ApiError Busy = new(503, "Try again.") { Code = "overloaded", RetryAfter = TimeSpan.FromMilliseconds(1200) };

    [Fact]
    public async Task V1Route_Error_IsTheOpenAIObject()
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync("/v1/missing");

        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            """{"error":{"message":"There is no model 'x'.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task V2Route_Error_IsAString()
    {
        await using var service = await StartAsync();
        Assert.Equal("""{"error":"There is no model 'x'."}""", await (await service.GetAsync("/v2/missing")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task CohereRoute_Error_IsAMessageWithTheRequestsId()
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync("/v2/rerank/missing");
        Assert.Equal($$"""{"message":"There is no model 'x'.","id":"{{response.Headers.GetValues("x-request-id").Single()}}"}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/embed", "missing", "Validation")]
    [InlineData("/embed", "busy", "Unhealthy")]
    [InlineData("/rerank", "full", "Overloaded")]
    [InlineData("/tokenize", "failed", "Backend")]
    [InlineData("/generate", "missing", "validation")]
    [InlineData("/generate", "busy", "overloaded")]
    [InlineData("/generate_stream", "full", "overloaded")]
    [InlineData("/generate_stream", "failed", "generation")]
    public async Task HuggingFaceRoute_Error_HasTheWordsOfItsServer(string prefix, string what, string type)
    {
        await using var service = await StartAsync();
        var error = (await (await service.GetAsync($"{prefix}/{what}")).Content.ReadAsStringAsync()).Parse();
        Assert.Equal(["error", "error_type"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal(type, error.GetProperty("error_type").GetString());
    }

    [Fact]
    public async Task Error_OfARequestInAnotherForm_HasThatForm()
    {
        await using var service = await StartAsync();
        Assert.Equal("""{"error":"There is no model 'x'.","error_type":"Validation"}""", await (await service.GetAsync("/other-form")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task OtherRoute_Error_IsProblemJson()
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync("/missing");

        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = (await response.Content.ReadAsStringAsync()).Parse();
        Assert.Equal(["type", "title", "status", "detail", "param", "code", "request_id"], problem.EnumerateObject().Select(p => p.Name));
        Assert.Equal("Not Found", problem.GetProperty("title").GetString());
        Assert.Equal(404, problem.GetProperty("status").GetInt32());
        Assert.Equal(response.Headers.GetValues("x-request-id").Single(), problem.GetProperty("request_id").GetString());
    }

    [Theory]
    [InlineData("/v1/busy")]
    [InlineData("/busy")]
    public async Task RetryAfter_IsSentInWholeSecondsRoundedUp(string path)
    {
        await using var service = await StartAsync();
        var response = await service.GetAsync(path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(["2"], response.Headers.GetValues("Retry-After"));
    }

    [Theory]
    [InlineData("/v1/forbidden", "permission_error")]
    [InlineData("/v1/nowhere", "invalid_request_error")]
    [InlineData("/v1/fails", "server_error")]
    public async Task Status_WithoutABody_GetsOne(string path, string type)
    {
        await using var service = await StartAsync();
        var text = await (await service.GetAsync(path, TestTokens.Create())).Content.ReadAsStringAsync();
        Assert.Equal(type, text.Parse().GetProperty("error").GetProperty("type").GetString());
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_InTheTable_BecomesItsError_TheMostDerivedRowFirst()
    {
        await using var service = await StartAsync();
        Assert.Equal(404, (int)(await service.GetAsync("/throws/derived")).StatusCode);
        Assert.Equal(409, (int)(await service.GetAsync("/throws/base")).StatusCode);
        Assert.Equal(500, (int)(await service.GetAsync("/throws/other")).StatusCode);
    }

    [Theory]
    [InlineData("/field/openai", 400)]
    [InlineData("/field/native", 422)]
    [InlineData("/field/silent", 422)]
    public async Task Exception_OfAField_HasTheStatusOfItsEndpoint(string path, int status)
    {
        await using var service = await StartAsync();
        Assert.Equal(status, (int)(await service.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Exception_AfterTheAnswerBegan_CutsIt()
    {
        await using var service = await StartAsync();
        var response = await service.Client.GetAsync("/streams", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsStringAsync());
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(
        app =>
        {
            var missing = new ApiError(404, "There is no model 'x'.") { Param = "model", Code = "model_not_found" };
            foreach (var prefix in (string[])["/embed", "/rerank", "/tokenize", "/generate", "/generate_stream"])
            {
                app.MapGet(prefix + "/missing", () => new ApiErrorResult(missing)).AllowAnonymous();
                app.MapGet(prefix + "/busy", () => new ApiErrorResult(new(503, "Not ready.") { Code = "unavailable" })).AllowAnonymous();
                app.MapGet(prefix + "/full", () => new ApiErrorResult(new(503, "The queue is full.") { Code = "overloaded" })).AllowAnonymous();
                app.MapGet(prefix + "/failed", () => new ApiErrorResult(new(500, "It failed."))).AllowAnonymous();
            }

            app.MapGet("/other-form", (HttpContext http) =>
            {
                http.Features.Set(new RequestErrorShape(ErrorShape.HuggingFace));
                return new ApiErrorResult(missing);
            }).AllowAnonymous();
            foreach (var prefix in (string[])["", "/v1", "/v2", "/v2/rerank"]) app.MapGet(prefix + "/missing", () => new ApiErrorResult(missing)).AllowAnonymous();
            foreach (var prefix in (string[])["", "/v1"]) app.MapGet(prefix + "/busy", () => new ApiErrorResult(Busy)).AllowAnonymous();
            app.MapGet("/v1/forbidden", () => "never").RequireAuthorization(Scopes.Admin);
            app.MapGet("/v1/fails", string () => throw new InvalidOperationException("secret"));
            app.MapGet("/throws/{what}", string (string what) => throw what switch
            {
                "derived" => new ArgumentNullException(),
                "base" => new ArgumentException(),
                _ => new NotSupportedException(),
            }).AllowAnonymous();
            app.MapGet("/field/openai", string () => throw new FormatException()).WithInvalidFieldStatus(400).AllowAnonymous();
            app.MapGet("/field/native", string () => throw new FormatException()).WithInvalidFieldStatus(422).AllowAnonymous();
            app.MapGet("/field/silent", string () => throw new FormatException()).AllowAnonymous();
            app.MapGet("/streams", async (HttpResponse response) =>
            {
                await response.WriteAsync("begun");
                await response.Body.FlushAsync();
                throw new InvalidOperationException("secret");
            }).AllowAnonymous();
        },
        builder => builder.Services
            .MapException<FormatException>(_ => new(422, "field"))
            .MapException<ArgumentException>(_ => new(409, "base"))
            .MapException<ArgumentNullException>(_ => new(404, "derived")));
}
