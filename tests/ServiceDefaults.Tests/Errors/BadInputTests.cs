using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using ServiceDefaults.Contracts;
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

    /// <summary>Well-formed JSON that is nested too deep in a field that nobody reads was called malformed.</summary>
    [Theory]
    [InlineData(62, 200)]
    [InlineData(70, 400)]
    [InlineData(5000, 400)]
    public async Task Body_NestedTooDeep_IsToldSo(int depth, int expected)
    {
        var (status, error) = await PostAsync("/v1/lax", $"{{\"other\": {new string('[', depth)}{new string(']', depth)}}}");

        Assert.Equal(expected, status);
        if (expected == 200) return;
        Assert.Equal("nested_too_deep", error.GetProperty("code").GetString());
        Assert.StartsWith("The body is nested too deep: more than 64 levels", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"temperature\": 1}", 422, "temperature", "The field 'temperature' is unknown")]
    [InlineData("{\"Text\": \"a\"}", 422, "Text", "The field 'Text' is unknown")]
    [InlineData("{\"text\": 5}", 422, "text", "The field 'text' must be a string, not a whole number")]
    [InlineData("{\"text\": [\"a\"]}", 422, "text", "The field 'text' must be a string, not a list")]
    [InlineData("{\"text\": {}}", 422, "text", "The field 'text' must be a string, not an object")]
    [InlineData("{\"text\": true}", 422, "text", "The field 'text' must be a string, not true")]
    [InlineData("{\"max_length\": \"7\"}", 422, "max_length", "The field 'max_length' must be a whole number from -2147483648 to 2147483647, not a string")]
    [InlineData("{\"max_length\": 1.5}", 422, "max_length", "not a number")]
    [InlineData("{\"max_length\": 2147483648}", 422, "max_length", "The field 'max_length' is out of range: it must be a whole number from -2147483648 to 2147483647")]
    [InlineData("{\"nested\": 5}", 422, "nested", "The field 'nested' must be an object, not a whole number")]
    [InlineData("{\"nested\": {\"items\": {}}}", 422, "nested.items", "The field 'nested.items' must be a list, not an object")]
    [InlineData("{\"nested\": {\"items\": [1,\n [2]]}}", 422, "nested.items[1]", "not a list (line 2, byte 2)")]
    [InlineData("{\"nested\": {\"items\": [1, null]}}", 422, "nested.items[1]", "not null")]
    [InlineData("{\"stop\": 5}", 422, "stop", "The field 'stop' must be a string or a list of strings, not a whole number")]
    [InlineData("{\"stop\": [\"a\", {}]}", 422, "stop[1]", "The field 'stop[1]' must be a string, not an object")]
    [InlineData("{\"text\": \"a\", \"te\\u0078t\": \"b\"}", 400, "text", "The field 'text' is there twice")]
    [InlineData("{\"nested\": {\"items\": [], \"items\": []}}", 400, "nested.items", "The field 'nested.items' is there twice")]
    [InlineData("{\"anything\": {\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}}, \"text\": \"a\"}", 400, "anything.b.c", "The field 'anything.b.c' is there twice")]
    [InlineData("{\"text\": \"\\ud800\"}", 422, "text", "The field 'text' has a lone surrogate")]
    [InlineData("{\"stop\": [\"a\", \"\\udc00\"]}", 422, "stop[1]", "The field 'stop[1]' has a lone surrogate")]
    [InlineData("[1]", 422, null, "The body must be an object, not a list")]
    [InlineData("5", 422, null, "The body must be an object, not a whole number")]
    [InlineData("null", 400, null, "The body must be an object, not null")]
    [InlineData("", 400, null, "The body is empty")]
    [InlineData("{\"text\": \"a\"", 400, null, "The body is not well-formed JSON (line 1, byte 12)")]
    [InlineData("{\"text\": \"a\"}\n{}", 400, null, "The body is not well-formed JSON (line 2")]
    public async Task Body_ThatIsWrong_IsToldWhatIsAndWhatWouldBeRight(string body, int status, string? param, string message)
    {
        var native = await PostAsync("/predict", body);
        var openAI = await PostAsync("/v1/embeddings", body);

        Assert.Equal((status, 400), (native.Status, openAI.Status));
        Assert.Equal(param, native.Error.TryGetProperty("param", out var named) ? named.GetString() : null);
        Assert.Equal(param, openAI.Error.GetProperty("param").GetString());
        Assert.Contains(message, native.Error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(native.Error.GetProperty("detail").GetString(), openAI.Error.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData(new byte[] { (byte)'{', (byte)'"', (byte)'t', (byte)'e', (byte)'x', (byte)'t', (byte)'"', (byte)':', (byte)'"', 0xE4, (byte)'"', (byte)'}' }, "The field 'text' is not UTF-8")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0 }, "The body is not UTF-8")]
    public async Task Body_InAnotherEncoding_IsToldSo(byte[] body, string message)
    {
        var (status, error) = await PostAsync("/v1/embeddings", new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });

        Assert.Equal((400, "invalid_utf8"), (status, error.GetProperty("code").GetString()));
        Assert.StartsWith(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The framework reads a body in the encoding that its content type names, which the gateway in front does not.</summary>
    [Theory]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/json; charset=\"iso-8859-1\"", 415)]
    [InlineData("application/json; charset=us-ascii", 415)]
    [InlineData("application/json; charset=UTF-8", 200)]
    [InlineData("application/json;charset=\"utf-8\"", 200)]
    [InlineData("application/json; charset=utf8", 200)]
    [InlineData("application/vnd.api+json; charset=utf8", 200)]
    public async Task Charset_OtherThanUtf8_Is415(string type, int expected)
    {
        var content = new ByteArrayContent("{\"text\":\"a\"}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", type);

        Assert.Equal(expected, (await PostAsync("/v1/embeddings", content)).Status);
    }

    [Fact]
    public async Task Body_WithAByteOrderMark_IsReadBehindIt()
        => Assert.Equal(200, (await PostAsync("/v1/embeddings", new ByteArrayContent([.. Encoding.UTF8.Preamble, .. "{\"text\":\"a\"}"u8]) { Headers = { ContentType = new("application/json") } })).Status);

    private static Task<(int Status, JsonElement Error)> PostAsync(string path, string body) => PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<(int Status, JsonElement Error)> PostAsync(string path, HttpContent content)
    {
        await using var service = await StartAsync();
        using var response = await service.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();
        var error = response.IsSuccessStatusCode ? default : text.Parse();
        return ((int)response.StatusCode, path == "/predict" || response.IsSuccessStatusCode ? error : error.GetProperty("error"));
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(app =>
    {
        app.MapPost("/predict", (Request request) => request.Text).WithInvalidFieldStatus(422).AllowAnonymous();
        app.MapPost("/v1/embeddings", (Request request) => request.Text).AllowAnonymous();
        app.MapPost("/v1/lax", (Nested request) => request.Items).AllowAnonymous();
        app.MapGet("/items", (int n) => n).AllowAnonymous();
    });

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record Request(string? Text, int? MaxLength, Nested? Nested, [property: JsonConverter(typeof(Picky))] string? Converted, StopInput? Stop, JsonElement? Anything);

    internal sealed record Nested(int[]? Items);

    private sealed class Picky : JsonConverter<string>
    {
        public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException("System.Secret");

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
