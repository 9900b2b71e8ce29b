using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI;
using OpenAI.Embeddings;

namespace ModelServer.Tests.Embed;

/// <summary>The stock OpenAI client, unchanged.</summary>
public sealed class OpenAIClientTests(SmallModels models) : IClassFixture<SmallModels>
{
    private static readonly JsonElement[] Cases = SmallModels.Expected("tiny-embedding");
    private static readonly string[] Texts = [.. Cases.Select(c => c.GetProperty("text").GetString()!)];

    [Fact]
    public async Task GenerateEmbeddings_Texts_ReadsBase64()
    {
        var client = await CreateClient();

        var embeddings = (await client.GenerateEmbeddingsAsync(Texts)).Value;

        Assert.Equal("tiny-embedding", embeddings.Model);
        Assert.Equal(Cases.Sum(c => c.GetProperty("ids").GetArrayLength()), embeddings.Usage.InputTokenCount);
        for (var i = 0; i < Cases.Length; i++)
        {
            Assert.Equal(i, embeddings[i].Index);
            JsonReading.AssertClose(Cases[i].Floats("normalized_mean"), embeddings[i].ToFloats().ToArray());
        }
    }

    [Fact]
    public async Task GenerateEmbeddings_TokenIdsAndDimensions_Answers()
    {
        var client = await CreateClient();
        var ids = Cases.Select(c => new ReadOnlyMemory<int>([.. c.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())]));

        var embeddings = (await client.GenerateEmbeddingsAsync(ids, new EmbeddingGenerationOptions { Dimensions = 4, EndUserId = "someone" })).Value;

        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats("shortened_4"), embeddings[i].ToFloats().ToArray());
    }

    [Fact]
    public async Task GenerateEmbeddings_Floats_AreReadAlike()
    {
        var client = await CreateClient();
        using var body = BinaryContent.Create(BinaryData.FromObjectAsJson(new { model = "tiny-embedding", input = Texts, encoding_format = "float" }));

        var result = await client.GenerateEmbeddingsAsync(body);

        var embeddings = ModelReaderWriter.Read<OpenAIEmbeddingCollection>(result.GetRawResponse().Content)!;
        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats("normalized_mean"), embeddings[i].ToFloats().ToArray());
    }

    [Fact]
    public async Task GenerateEmbeddings_Refused_IsTheClientsException()
    {
        var client = await CreateClient();

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => client.GenerateEmbeddingAsync("cat", new EmbeddingGenerationOptions { Dimensions = 17 }));

        Assert.Equal(400, refused.Status);
        Assert.Contains("dimensions", refused.Message, StringComparison.Ordinal);
    }

    private async Task<EmbeddingClient> CreateClient()
    {
        var http = await models.Host.CreateReadyClientAsync();
        var token = http.DefaultRequestHeaders.Authorization!.Parameter!;
        http.DefaultRequestHeaders.Authorization = null;
        var options = new OpenAIClientOptions
        {
            Endpoint = new Uri(http.BaseAddress!, "v1"),
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        };
        return new EmbeddingClient("tiny-embedding", new ApiKeyCredential(token), options);
    }
}
