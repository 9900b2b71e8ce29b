using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Inference;

/// <summary>Inputs that a tokenizer without special tokens makes nothing of. They went to the packer, which divided by their length and ended the process.</summary>
public sealed class EmptyInputTests(EmptyInputTests.Server server) : IClassFixture<EmptyInputTests.Server>
{
    /// <summary>A zero-width space: not empty as a text, and dropped by BERT's normalizer.</summary>
    private const string Nothing = "\u200b";

    [Theory]
    [InlineData("/v1/classify", """{"input":"NOTHING"}""", HttpStatusCode.UnprocessableEntity, "input")]
    [InlineData("/v1/classify", """{"input":["fine","NOTHING"]}""", HttpStatusCode.UnprocessableEntity, "input")]
    [InlineData("/v1/classify", """{"input":[["NOTHING","NOTHING"]]}""", HttpStatusCode.UnprocessableEntity, "input")]
    [InlineData("/predict", """{"text":"NOTHING"}""", HttpStatusCode.UnprocessableEntity, "text")]
    [InlineData("/v1/rerank", """{"query":"NOTHING","documents":["rain","NOTHING"]}""", HttpStatusCode.UnprocessableEntity, "documents[1]")]
    [InlineData("/v1/question-answer", """{"question":"what","context":"NOTHING"}""", HttpStatusCode.UnprocessableEntity, "context")]
    [InlineData("/v1/question-answer", """{"inputs":[{"question":"NOTHING","context":"NOTHING"}]}""", HttpStatusCode.UnprocessableEntity, "inputs[0].context")]
    [InlineData("/v1/zero-shot-classify", """{"input":["fine","NOTHING"],"labels":["rain"]}""", HttpStatusCode.UnprocessableEntity, "input")]
    [InlineData("/v1/embeddings", """{"input":"NOTHING"}""", HttpStatusCode.BadRequest, "input")]
    [InlineData("/v1/embeddings", """{"input":[[]]}""", HttpStatusCode.BadRequest, "input")]
    [InlineData("/v1/embeddings", """{"input":[[5],[]]}""", HttpStatusCode.BadRequest, "input")]
    public async Task Post_InputWithoutTokens_IsRefusedByItsField(string route, string body, HttpStatusCode status, string param)
    {
        var client = await server.Host.CreateReadyClientAsync();

        using var response = await client.PostAsync(route, new StringContent(body.Replace("NOTHING", Nothing, StringComparison.Ordinal), null, "application/json"));

        Assert.Equal(status, response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(param, (answer.TryGetProperty("error", out var error) ? error : answer).GetProperty("param").GetString());
        using var fine = await client.PostAsJsonAsync("/v1/classify", new { input = "fine" });
        Assert.Equal(HttpStatusCode.OK, fine.StatusCode);
    }

    /// <summary>The small encoders, their tokenizers without special tokens.</summary>
    public sealed class Server : IDisposable
    {
        private readonly TemporaryModels _models = new();

        public Server()
        {
            foreach (var name in new[] { "tiny-multilabel", "tiny-rerank", "tiny-embedding", "tiny-answer", "tiny-nli" })
            {
                var path = Path.Combine(_models.CopySmall(name, name), "tokenizer.json");
                var tokenizer = JsonNode.Parse(File.ReadAllText(path))!;
                tokenizer["post_processor"] = null;
                File.WriteAllText(path, tokenizer.ToJsonString());
            }

            Host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Models:Defaults:text-classification"] = "tiny-multilabel" });
        }

        public ModelServerHost Host { get; }

        public void Dispose()
        {
            Host.Dispose();
            _models.Dispose();
        }
    }
}
