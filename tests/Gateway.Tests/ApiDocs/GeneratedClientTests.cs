using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;

namespace Gateway.Tests.ApiDocs;

/// <summary>What generators of clients and validators stumbled over.</summary>
public sealed class GeneratedClientTests
{
    /// <summary>Without ids a client had <c>Completions2Async</c>.</summary>
    [Fact]
    public async Task Operations_HaveIdsThatAreNamesInAnyLanguage()
    {
        var operations = Operations(await DocumentAsync()).ToArray();

        var ids = operations.Select(o => o.GetProperty("operationId").GetString()!).ToArray();
        Assert.All(ids, id => Assert.Matches("^[a-z][a-zA-Z]+$", id));
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    /// <summary>No <c>security</c> at all says nothing.</summary>
    [Theory]
    [InlineData("/", 0)]
    [InlineData("/health", 0)]
    [InlineData("/metrics", 1)]
    [InlineData("/v1/models", 1)]
    public async Task Security_OfEveryRoute_IsSaid(string path, int schemes)
        => Assert.Equal(schemes, (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("security").GetArrayLength());

    /// <summary>A client had a type without a definition for the vector of an embedding, and objects for those of a list.</summary>
    [Fact]
    public async Task Vectors_AreOneTypeWhereTheyStand()
    {
        var document = await DocumentAsync();

        var one = Schemas(document).GetProperty("EmbeddingItem").GetProperty("properties").GetProperty("embedding");
        var several = Answer(document, "/embed", "200").GetProperty("application/json").GetProperty("schema").GetProperty("items");
        Assert.False(Schemas(document).TryGetProperty("EmbeddingVector", out _));
        Assert.Equal(["array", "string"], one.GetProperty("oneOf").EnumerateArray().Select(s => s.GetProperty("type").GetString()));
        Assert.True(JsonElement.DeepEquals(one, several));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "application/json text/event-stream")]
    [InlineData("/v1/completions", "application/json text/event-stream")]
    [InlineData("/v1/responses", "application/json text/event-stream")]
    [InlineData("/generate", "application/json text/event-stream")]
    [InlineData("/generate_stream", "text/event-stream")]
    [InlineData("/v1/generate", "application/json")]
    public async Task Streams_AreAmongTheAnswers(string path, string types)
        => Assert.Equal(types, string.Join(' ', Answer(await DocumentAsync(), path, "200").EnumerateObject().Select(c => c.Name)));

    /// <summary>The text of a rank, which is there where it is asked for, was required.</summary>
    [Fact]
    public async Task Members_ThatAreLeftOut_AreNotRequired()
    {
        var schemas = Schemas(await DocumentAsync());

        Assert.Equal(["index", "score"], Required(schemas.GetProperty("TeiRank")));
        Assert.Contains("usage", Required(schemas.GetProperty("ChatCompletion")));
        Assert.Contains("param", Required(schemas.GetProperty("ApiErrorDetail")));
    }

    /// <summary>Typed clients had to send every member that has a default.</summary>
    [Fact]
    public async Task Defaults_AreSaidInWords()
    {
        var document = await DocumentAsync();

        Assert.DoesNotContain("\"default\":", document.GetRawText(), StringComparison.Ordinal);
        var echo = Schemas(document).GetProperty("CompletionsRequest").GetProperty("properties").GetProperty("echo");
        Assert.EndsWith("Default: false.", echo.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    /// <summary>As enumerations they became <c>User</c> on the wire, or two members of one name.</summary>
    [Theory]
    [InlineData("ChatMessage", "role", "^(system|developer|user|assistant|tool|function)$")]
    [InlineData("EmbeddingsRequest", "encoding_format", "^(float|base64)$")]
    [InlineData("TeiEmbedRequest", "truncation_direction", "^(right|left|Right|Left)$")]
    public async Task Values_ThatAreFew_AreAPattern(string schema, string member, string pattern)
    {
        var described = Schemas(await DocumentAsync()).GetProperty(schema).GetProperty("properties").GetProperty(member);

        Assert.Equal(pattern, described.GetProperty("pattern").GetString());
        Assert.False(described.TryGetProperty("enum", out _));
    }

    [Theory]
    [InlineData("PredictRequest", false)]
    [InlineData("GenerateRequest", false)]
    [InlineData("TeiRerankRequest", false)]
    [InlineData("KeyRequest", false)]
    [InlineData("RevokeRequest", false)]
    [InlineData("EmbeddingsRequest", true)]
    [InlineData("ChatCompletionsRequest", true)]
    public async Task Members_ThatAreUnknown_AreAllowedWhereTheyAre(string schema, bool allowed)
        => Assert.Equal(allowed, !Schemas(await DocumentAsync()).GetProperty(schema).TryGetProperty("additionalProperties", out _));

    [Fact]
    public async Task Members_ThatAreRequired_AreNeverNull()
    {
        var key = Schemas(await DocumentAsync()).GetProperty("KeyRequest");

        Assert.Equal(["name"], Required(key));
        Assert.Equal("string", key.GetProperty("properties").GetProperty("name").GetProperty("type").GetString());
        Assert.Equal(["null", "string"], key.GetProperty("properties").GetProperty("tier").GetProperty("type").EnumerateArray().Select(t => t.GetString()));
    }

    /// <summary>The entries for a prompt's first token are null.</summary>
    [Fact]
    public async Task Items_ThatMayBeNull_SaySo()
    {
        var schemas = Schemas(await DocumentAsync());

        Assert.Equal(["null", "object"], schemas.GetProperty("TextLogprobs").GetProperty("properties").GetProperty("top_logprobs").GetProperty("items").GetProperty("type").EnumerateArray().Select(t => t.GetString()));
        Assert.True(schemas.GetProperty("ChatCompletion").GetProperty("properties").GetProperty("choices").GetProperty("items").TryGetProperty("$ref", out _));
    }

    [Fact]
    public async Task Page_OnAPhone_IsAsWideAsThePhone()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();

        Assert.Contains("<meta name=\"viewport\" content=\"width=device-width", await client.GetStringAsync("/docs/index.html"), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> DocumentAsync()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();
        return await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
    }

    private static IEnumerable<JsonElement> Operations(JsonElement document)
        => document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => o.Value));

    private static JsonElement Schemas(JsonElement document) => document.GetProperty("components").GetProperty("schemas");

    private static JsonElement Answer(JsonElement document, string path, string status)
        => document.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("responses").GetProperty(status).GetProperty("content");

    private static IEnumerable<string?> Required(JsonElement schema) => schema.GetProperty("required").EnumerateArray().Select(r => r.GetString());
}
