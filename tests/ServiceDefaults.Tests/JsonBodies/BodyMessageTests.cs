using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Tests.JsonBodies;

/// <summary>What a caller is told of a body that is wrong: which field, what stands there, and what would be right.</summary>
public sealed class BodyMessageTests
{
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
    [InlineData("{\"max_length\": 1.5}", 422, "max_length", "not one with a fraction or an exponent")]
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
    [InlineData("{\"documents\": [{\"text\": \"a\", \"title\": \"b\"}]}", 422, "documents[0].title", "The field 'documents[0].title' is unknown")]
    [InlineData("{\"documents\": [{}]}", 422, "documents[0]", "must be a string or an object with the field text and no other (")]
    [InlineData("{\"bias\": {\"a\": 1}}", 422, "bias.a", "The field 'bias.a' is unknown")]
    [InlineData("{\"bias\": {\"1\": \"a\"}}", 422, "bias.1", "The field 'bias.1' must be a number, not a string")]
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
    });

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record Request(
        string? Text, int? MaxLength, Nested? Nested, StopInput? Stop, JsonElement? Anything, Dictionary<int, float>? Bias,
        [property: JsonConverter(typeof(DocumentsConverter))] DocumentInput[]? Documents);

    internal sealed record Nested(int[]? Items);
}
