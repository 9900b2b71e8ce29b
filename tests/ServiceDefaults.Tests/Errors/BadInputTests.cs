using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Testing;

namespace ServiceDefaults.Tests.Errors;

public sealed class BadInputTests
{
    [Theory]
    [InlineData("{\"text\": ", 400, "invalid_json")]
    [InlineData("{\"text\": \"a\",}", 400, "invalid_json")]
    [InlineData("not json", 400, "invalid_json")]
    [InlineData("", 400, "body_empty")]
    [InlineData(" null ", 400, "field_invalid")]
    [InlineData("{\"text\": \"a\"} trailing", 400, "invalid_json")]
    [InlineData("{\"text\": \"\\ud800\"}", 422, "field_invalid")]
    [InlineData("{\"text\": 5}", 422, "field_invalid")]
    [InlineData("{\"max_length\": \"many\"}", 422, "field_invalid")]
    [InlineData("{\"max_length\": 1.5}", 422, "field_invalid")]
    [InlineData("{\"max_length\": 99999999999999999999}", 422, "field_invalid")]
    [InlineData("{\"nested\": {\"items\": [1, \"x\"]}}", 422, "field_invalid")]
    [InlineData("{\"temperature\": 1}", 422, "field_invalid")]
    [InlineData("{\"converted\": \"bad\"}", 422, "field_invalid")]
    [InlineData("[]", 422, "field_invalid")]
    [InlineData("\"text\"", 422, "field_invalid")]
    public async Task NativeRoute_BadBody_IsMalformedOrInvalid(string body, int expected, string? code)
    {
        await using var service = await StartAsync();
        var response = await service.PostAsync("/predict", new StringContent(body, Encoding.UTF8, "application/json"));

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        if (code is not null) Assert.Equal(code, text.Parse().GetProperty("code").GetString());
        Assert.DoesNotContain("System.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Request", text.Parse().GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\": 5}", "text")]
    [InlineData("{\"temperature\": 1}", "temperature")]
    [InlineData("{\"nested\": {\"items\": [1, \"x\"]}}", "nested.items[1]")]
    public async Task InvalidField_IsNamed(string body, string param)
    {
        await using var service = await StartAsync();
        var native = await service.PostAsync("/predict", new StringContent(body, Encoding.UTF8, "application/json"));
        var openAI = await service.PostAsync("/v1/embeddings", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(param, (await native.Content.ReadAsStringAsync()).Parse().GetProperty("param").GetString());
        Assert.Equal(400, (int)openAI.StatusCode);
        var error = (await openAI.Content.ReadAsStringAsync()).Parse().GetProperty("error");
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal("field_invalid", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task InvalidField_WithAnEndlessName_IsCutShort()
    {
        await using var service = await StartAsync();
        var response = await service.PostAsync("/predict", new StringContent($"{{\"{new string('x', 5000)}\": 5}}", Encoding.UTF8, "application/json"));

        Assert.Equal(422, (int)response.StatusCode);
        Assert.InRange((await response.Content.ReadAsStringAsync()).Length, 1, 1000);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Body_OfAnotherContentType_Is415(string? type)
    {
        await using var service = await StartAsync();
        var content = new ByteArrayContent("{}"u8.ToArray());
        if (type is not null) content.Headers.ContentType = new MediaTypeHeaderValue(type);
        Assert.Equal(415, (int)(await service.PostAsync("/predict", content, TestTokens.Create())).StatusCode);
    }

    [Fact]
    public async Task RouteValue_OfTheWrongType_Is400()
    {
        await using var service = await StartAsync();
        Assert.Equal(400, (int)(await service.GetAsync("/items?n=many")).StatusCode);
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(app =>
    {
        app.MapPost("/predict", (Request request) => request.Text).WithInvalidFieldStatus(422).AllowAnonymous();
        app.MapPost("/v1/embeddings", (Request request) => request.Text).AllowAnonymous();
        app.MapGet("/items", (int n) => n).AllowAnonymous();
    });

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record Request(string? Text, int? MaxLength, Nested? Nested, [property: JsonConverter(typeof(Picky))] string? Converted);

    internal sealed record Nested(int[]? Items);

    private sealed class Picky : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException("System.Secret");

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
