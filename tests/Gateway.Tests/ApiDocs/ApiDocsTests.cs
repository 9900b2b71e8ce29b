using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.ApiDocs;

public sealed class ApiDocsTests
{
    [Fact]
    public async Task Document_ListsThePublicRoutes()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var routes = document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(m => $"{m.Name} {p.Name}"));
        Assert.Equal(
            [
                "delete /admin/keys/{id}", "delete /v1/responses/{id}",
                "get /", "get /admin/keys", "get /admin/live", "get /admin/models", "get /admin/models/{name}", "get /admin/models/{name}/drift", "get /admin/models/{name}/drift/baseline", "get /admin/replicas", "get /admin/usage", "get /alive", "get /health", "get /info", "get /metrics", "get /ready", "get /v1/models", "get /v1/models/{id}", "get /v1/responses/{id}", "get /v1/responses/{id}/input_items",
                "get /v2", "get /v2/health/live", "get /v2/health/ready", "get /v2/models/{id}", "get /v2/models/{id}/ready", "get /v2/models/{id}/versions/{version}", "get /v2/models/{id}/versions/{version}/ready",
                "post /admin/keys", "post /admin/keys/{id}/rotate", "post /admin/models/{name}/drift/reset", "post /admin/models/{name}/rollback",
                "post /admin/models/{name}/versions/{version}/activate", "post /admin/models/{name}/versions/{version}/canary", "post /admin/models/{name}/versions/{version}/load",
                "post /admin/models/{name}/versions/{version}/shadow", "post /admin/models/{name}/versions/{version}/unload",
                "post /admin/replicas/{id}/drain", "post /admin/replicas/{id}/resume", "post /admin/tokens/revoke",
                "post /embed", "post /embed_sparse", "post /generate", "post /generate_stream", "post /predict", "post /rerank", "post /similarity", "post /tokenize", "post /v1/batch-generate", "post /v1/chat/completions",
                "post /v1/classify", "post /v1/completions", "post /v1/detokenize", "post /v1/embeddings", "post /v1/feedback", "post /v1/fill-mask", "post /v1/generate", "post /v1/multi-vector-embeddings", "post /v1/question-answer", "post /v1/rerank", "post /v1/responses", "post /v1/sparse-embeddings", "post /v1/token-classify", "post /v1/tokenize", "post /v1/zero-shot-classify",
                "post /v2/models/{id}/infer", "post /v2/models/{id}/versions/{version}/infer", "post /v2/repository/index", "post /v2/repository/models/{id}/load", "post /v2/repository/models/{id}/unload", "post /v2/rerank",
                "put /admin/models/{name}/drift/baseline",
            ],
            routes.Order(StringComparer.Ordinal));
        Assert.Equal("/", document.GetProperty("servers")[0].GetProperty("url").GetString());
    }

    [Fact]
    public async Task Document_AsksForATokenWhereTheGatewayDoes()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        Assert.Equal("http", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("type").GetString());

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                using var request = new HttpRequestMessage(new HttpMethod(operation.Name), path.Name.Replace("{id}", "m", StringComparison.Ordinal));
                using var response = await client.SendAsync(request);
                Assert.Equal(operation.Value.GetProperty("security").GetArrayLength() > 0, response.StatusCode == HttpStatusCode.Unauthorized);
            }
        }
    }

    [Fact]
    public async Task Document_DescribesPredictInFull()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var predict = document.GetProperty("paths").GetProperty("/predict").GetProperty("post");
        Assert.True(predict.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example").TryGetProperty("text", out _));
        var statuses = predict.GetProperty("responses").EnumerateObject().Select(r => r.Name);
        Assert.Equal(["200", "400", "401", "403", "404", "405", "413", "415", "422", "429", "503", "504"], statuses.Order(StringComparer.Ordinal));
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal(["text"], schemas.GetProperty("PredictRequest").GetProperty("required").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(
            ["label", "score", "model", "model_version", "processing_time", "from_cache"],
            schemas.GetProperty("PredictResponse").GetProperty("properties").EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Document_DescribesWhatNoSingleTypeDoes()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal(["string", "array"], Types("TextInput"));
        Assert.Equal(["string", "array", "array"], Types("EmbeddingInput"));
        Assert.Equal(["string", "array"], Types("TextList"));
        Assert.Equal(["string", "object"], Types("DocumentInput"));
        Assert.Equal(["string", "array", "array"], Types("PromptInput"));
        Assert.Equal(["string", "array"], Types("StopInput"));
        Assert.Equal(["string", "array"], Types("MessageContent"));
        Assert.Equal(["documents", "query"], schemas.GetProperty("RerankRequest").GetProperty("required").EnumerateArray().Select(r => r.GetString()).Order(StringComparer.Ordinal));
        var embeddings = document.GetProperty("paths").GetProperty("/v1/embeddings").GetProperty("post").GetProperty("responses");
        Assert.True(embeddings.TryGetProperty("400", out _));
        Assert.False(embeddings.TryGetProperty("422", out _));

        IEnumerable<string?> Types(string schema) => schemas.GetProperty(schema).GetProperty("oneOf").EnumerateArray().Select(s => s.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Document_OfABatch_RefersToItsRequests()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var requests = document.GetProperty("components").GetProperty("schemas").GetProperty("BatchGenerateRequest").GetProperty("properties").GetProperty("requests");
        Assert.Equal("#/components/schemas/GenerateRequest", requests.GetProperty("items").GetProperty("$ref").GetString());
        Assert.Equal(1, requests.GetProperty("minItems").GetInt32());
    }

    /// <summary>Each result had to have the members of an answer and those of an error.</summary>
    [Fact]
    public async Task Document_OfABatchResult_IsAnAnswerOrAnError()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();

        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.False(schemas.GetProperty("BatchGenerateResult").TryGetProperty("discriminator", out _));
        var kinds = schemas.GetProperty("BatchGenerateResult").GetProperty("anyOf").EnumerateArray().Select(k => k.GetProperty("$ref").GetString()!.Split('/')[^1]);
        Assert.Equal(["BatchGenerateResultAnswer", "BatchGenerateResultFailure"], kinds);
        Assert.Equal(["generated_text", "inference_time", "model", "model_version", "request_id"], Required("BatchGenerateResultAnswer"));
        Assert.Equal(["error", "request_id"], Required("BatchGenerateResultFailure"));

        IEnumerable<string?> Required(string schema) => schemas.GetProperty(schema).GetProperty("required").EnumerateArray().Select(r => r.GetString()).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Page_OpensWithoutATokenAndLoadsNothingFromElsewhere()
    {
        await using var gateway = await GatewayHost.StartAsync(replicas: 0);
        using var client = gateway.CreateClient();

        using var page = await client.GetAsync("/docs");
        var html = await page.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        foreach (var asset in new[] { "swagger-ui.css", "swagger-ui-bundle.js", "index.js" })
        {
            Assert.Contains(asset, html, StringComparison.Ordinal);
            using var response = await client.GetAsync($"/docs/{asset}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Contains("/openapi/v1.json", await client.GetStringAsync("/docs/index.js"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Home_NamesThePlatformAndLinksToRoutesThatExist()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var open = gateway.CreateClient();

        var home = await open.GetFromJsonAsync<JsonElement>("/");

        Assert.NotEmpty(home.GetProperty("name").GetString()!);
        var built = typeof(Gateway.ApiDocs.Home).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');
        Assert.Equal(built[0], home.GetProperty("version").GetString());
        Assert.NotEqual("0.0.0", built[0]);
        Assert.Equal(built.ElementAtOrDefault(1), home.GetProperty("revision").GetString());
        using var client = gateway.CreateClient(TestTokens.Create());
        foreach (var link in home.GetProperty("links").EnumerateObject())
        {
            using var response = await client.GetAsync(link.Value.GetString());
            // A route that takes POST alone is there too.
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.MethodNotAllowed, $"{link.Name}: {response.StatusCode}");
        }
    }
}
