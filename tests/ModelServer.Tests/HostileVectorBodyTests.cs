using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests;

public sealed class HostileVectorBodyTests(VectorModels models) : IClassFixture<VectorModels>
{
    private const int Bodies = 10_000;

    [Theory]
    [InlineData("/v1/sparse-embeddings", """{"input":["good music",[5,6]],"model":"splade","top_k":2,"min_value":0.1,"truncate":true}""", "input", "model", "top_k", "min_value", "prompt_name", "truncate")]
    [InlineData("/embed_sparse", """{"inputs":["good music"],"model":"splade","truncate":true,"truncation_direction":"left"}""", "inputs", "model", "truncate", "truncation_direction", "prompt_name")]
    [InlineData("/v1/multi-vector-embeddings", """{"input":["good music"],"input_type":"query","model":"colbert","encoding_format":"base64","truncate":false}""", "input", "input_type", "model", "encoding_format", "truncate")]
    [InlineData("/v1/rerank", """{"query":"good","documents":["rain",{"text":"sun"}],"model":"prompted","instruction":"a"}""", "query", "documents", "model", "instruction", "max_tokens_per_doc")]
    public async Task Route_HostileBodies_NeverFailTheServer(string route, string good, params string[] fields)
    {
        var client = await models.Host.CreateReadyClientAsync();
        var bodies = new HostileBodies(seed: route.Length);
        for (var i = 0; i < Bodies; i++)
        {
            var body = bodies.Next(good, fields);
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.PostAsync(route, content);

            var status = (int)response.StatusCode;
            if (status >= 500 || (status >= 400 && !IsError(await response.Content.ReadAsByteArrayAsync())))
                Assert.Fail($"Body {i} is answered {status}: {Encoding.UTF8.GetString(body)}");
        }

        using var afterwards = await models.SendAsync(route, good);
        Assert.True(afterwards.IsSuccessStatusCode);
    }

    private static bool IsError(byte[] body) => JsonDocument.Parse(body).RootElement.TryGetProperty("error", out _);
}
