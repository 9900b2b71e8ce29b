using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.OpenInference;

public sealed class ServerTests(SmallModels models) : IClassFixture<SmallModels>
{
    [Fact]
    public async Task Server_TellsItsExtensions()
    {
        var server = await GetAsync("/v2");

        Assert.Equal("modelserver", server.GetProperty("name").GetString());
        Assert.Equal("""["binary_tensor_data","classification","model_repository","schedule_policy"]""", server.GetProperty("extensions").GetRawText());
    }

    [Theory]
    [InlineData("/v2/health/live", """{"live":true}""")]
    [InlineData("/v2/health/ready", """{"ready":true}""")]
    public async Task Health_IsOpen(string path, string expected)
    {
        await models.Host.CreateReadyClientAsync();
        using var stranger = models.Host.CreateClient();

        Assert.Equal(expected, await stranger.GetStringAsync(path));
    }

    [Theory]
    [InlineData("/v2/models/tiny-multilabel")]
    [InlineData("/v2/models/tiny-multilabel/versions/1")]
    public async Task Model_TellsGraphAndTask(string path)
    {
        var model = await GetAsync(path);

        Assert.Equal("""["1"]""", model.GetProperty("versions").GetRawText());
        Assert.Equal("onnx_onnxv1", model.GetProperty("platform").GetString());
        Assert.Equal(["input_ids INT64 [-1,-1]", "attention_mask INT64 [-1,-1]", "input-0 BYTES [-1]"], Tensors(model, "inputs"));
        Assert.Equal(["logits FP32 [-1,3]", "output-0 INT64 [-1]", "label BYTES [-1]", "score FP32 [-1]", "scores FP32 [-1,3]"], Tensors(model, "outputs"));
    }

    [Fact]
    public async Task Model_OfADecoder_TellsItsGraph()
    {
        var inputs = Tensors(await GetAsync("/v2/models/tiny-decoder"), "inputs");

        Assert.Contains("input_ids INT64 [-1,-1]", inputs);
        Assert.Contains(inputs, i => i.StartsWith("past_key_values", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/v2/models/tiny-rerank/ready", """{"name":"tiny-rerank","ready":true}""")]
    [InlineData("/v2/models/tiny-tokenizer", """{"name":"tiny-tokenizer","versions":["1"],"platform":"onnx_onnxv1","inputs":[],"outputs":[]}""")]
    public async Task Model_IsDescribed(string path, string expected) => Assert.Equal(expected, (await GetAsync(path)).GetRawText());

    [Theory]
    [InlineData("/v2/models/none")]
    [InlineData("/v2/models/none/ready")]
    [InlineData("/v2/models/tiny-rerank/versions/7")]
    [InlineData("/v2/nothing")]
    public async Task Model_ThatIsNot_Is404(string path)
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var response = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"ready":true}""")]
    public async Task Index_ListsVersionsAndTheirStates(string body)
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var content = body is "" ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await client.PostAsync("/v2/repository/index", content);

        Assert.Contains("""{"name":"tiny-rerank","version":"1","state":"READY","reason":""}""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string[] Tensors(JsonElement model, string side)
        => [.. model.GetProperty(side).EnumerateArray().Select(t => $"{t.GetProperty("name").GetString()} {t.GetProperty("datatype").GetString()} {t.GetProperty("shape").GetRawText()}")];

    private async Task<JsonElement> GetAsync(string path)
    {
        var client = await models.Host.CreateReadyClientAsync();
        return await client.GetFromJsonAsync<JsonElement>(path);
    }
}
