using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.OpenInference;

/// <summary>What the clients of Triton and KServe send, byte by byte, and what they make of the answer.</summary>
public sealed class InferTests(SmallModels models) : IClassFixture<SmallModels>
{
    private const string Model = "tiny-multilabel";

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Infer_AsTritonsClientSendsIt_AnswersTheLogits(string? coding)
    {
        var client = await models.Host.CreateReadyClientAsync();
        foreach (var sample in SmallModels.Expected(Model))
        {
            var ids = await IdsAsync(client, sample.GetProperty("text").GetString()!);

            using var response = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([ids]), coding: coding));

            var answer = await TritonAnswer.ReadAsync(response);
            Assert.Equal("1", answer.Json.GetProperty("id").GetString());
            Assert.Equal(Model, answer.Json.GetProperty("model_name").GetString());
            Assert.Equal("1", answer.Json.GetProperty("model_version").GetString());
            Assert.Equal("FP32", answer.Output("logits").GetProperty("datatype").GetString());
            Assert.Equal("[1,3]", answer.Output("logits").GetProperty("shape").GetRawText());
            JsonReading.AssertClose(sample.Floats("scores"), Array.ConvertAll(answer.Floats("logits"), l => 1 / (1 + MathF.Exp(-l))));
            Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.ToString());
        }
    }

    [Theory]
    [InlineData("[7,9,11,8,6,5]")]
    [InlineData("[[7,9,11],[8,6,5]]")]
    public async Task Infer_AsKServesClientSendsIt_AnswersJson(string data)
    {
        var client = await models.Host.CreateReadyClientAsync();
        var body = $$"""
            {"id":"a-b","model_name":"{{Model}}","inputs":[{"name":"input_ids","shape":[2,3],"datatype":"INT64","data":{{data}}},
            {"name":"attention_mask","shape":[2,3],"datatype":"INT64","parameters":{},"data":[[1,1,1],[1,1,1]]}],
            "outputs":[{"name":"logits","parameters":{} }] }
            """;

        using var response = await client.PostAsync($"/v2/models/{Model}/versions/1/infer", new StringContent(body, Encoding.UTF8, "application/json"));

        var answer = await TritonAnswer.ReadAsync(response);
        using var binary = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([[7, 9, 11], [8, 6, 5]])));
        JsonReading.AssertClose((await TritonAnswer.ReadAsync(binary)).Floats("logits"), answer.Output("logits").Floats("data"), 0);
        Assert.Equal("a-b", answer.Json.GetProperty("id").GetString());
        Assert.Equal("[2,3]", answer.Output("logits").GetProperty("shape").GetRawText());
        Assert.Equal("1", response.Headers.GetValues("x-model-version").Single());
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Infer_ManyRows_AnswersEachAsIfAlone()
    {
        var client = await models.Host.CreateReadyClientAsync();
        long[][] rows = [.. Enumerable.Range(0, 200).Select(row => Enumerable.Range(0, 16).Select(i => 5 + (((row * 31) + (i * 7)) % 100L)).ToArray())];

        using var all = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids(rows)));

        var logits = (await TritonAnswer.ReadAsync(all)).Floats("logits");
        Assert.Equal(600, logits.Length);
        foreach (var row in (int[])[0, 1, 31, 32, 33, 100, 199])
        {
            using var one = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([rows[row]])));
            JsonReading.AssertClose((await TritonAnswer.ReadAsync(one)).Floats("logits"), logits[(row * 3)..((row + 1) * 3)]);
        }
    }

    [Fact]
    public async Task Infer_OutputsWithParameters_AnswersEachInItsForm()
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var json = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([[7, 9]]), "\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"binary_data\":false}}],\"parameters\":{\"binary_data_output\":true}"));
        using var classes = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([[7, 9]]), "\"outputs\":[{\"name\":\"logits\",\"parameters\":{\"classification\":2,\"binary_data\":false}}]"));

        var logits = (await TritonAnswer.ReadAsync(json)).Output("logits").Floats("data");
        var best = (await TritonAnswer.ReadAsync(classes)).Output("logits");
        Assert.Equal(("BYTES", "[1,2]"), (best.GetProperty("datatype").GetString(), best.GetProperty("shape").GetRawText()));
        var index = Array.IndexOf(logits, logits.Max());
        string[] labels = ["weather", "food", "travel"];
        Assert.Equal(FormattableString.Invariant($"{logits[index]:F6}:{index}:{labels[index]}"), best.GetProperty("data")[0].GetString());
    }

    [Theory]
    [InlineData("input-0", true)]
    [InlineData("text", false)]
    public async Task Infer_Texts_AnswersWhatTheTaskSays(string input, bool isBinary)
    {
        var client = await models.Host.CreateReadyClientAsync();
        string[] texts = ["the cat", "bread and cheese with wine"];

        var message = isBinary
            ? TritonBody.Binary(Model, [(input, [2], "BYTES", [.. texts.SelectMany(t => (byte[])[.. BitConverter.GetBytes(t.Length), .. Encoding.UTF8.GetBytes(t)])])], "\"parameters\":{}")
            : TritonBody.Message(Model, JsonSerializer.SerializeToUtf8Bytes(new { inputs = new[] { new { name = input, shape = new[] { 2 }, datatype = "BYTES", data = texts } } }));
        using var response = await client.SendAsync(message);

        var answer = await TritonAnswer.ReadAsync(response);
        var expected = SmallModels.Expected(Model).Where(c => texts.Contains(c.GetProperty("text").GetString())).SelectMany(c => c.Floats("scores")).ToArray();
        JsonReading.AssertClose(expected, answer.Output("scores").Floats("data"));
        Assert.Equal("[2,0]", answer.Output("output-0").GetProperty("data").GetRawText());
        Assert.Equal("""["travel","weather"]""", answer.Output("label").GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Infer_TextsOfAnEmbedder_AnswersTheVectorsOfTheNativeRoute()
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var native = await client.PostAsJsonAsync("/v1/embeddings", new { model = "tiny-embedding", input = "the cat" });
        var vector = (await native.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data")[0].Floats("embedding");

        using var response = await client.SendAsync(TritonBody.Binary("tiny-embedding", [("input-0", [1], "BYTES", [7, 0, 0, 0, .. "the cat"u8])]));

        JsonReading.AssertClose(vector, (await TritonAnswer.ReadAsync(response)).Floats("output-0"));
    }

    [Fact]
    public async Task Infer_PairsOfAReranker_AnswersTheScoresOfTheNativeRoute()
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var native = await client.PostAsJsonAsync("/v1/rerank", new { model = "tiny-rerank", query = "the sea", documents = new[] { "a boat" } });
        var score = (await native.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results")[0].GetProperty("relevance_score").GetSingle();

        using var response = await client.SendAsync(TritonBody.Message("tiny-rerank", """{"inputs":[{"name":"input-0","shape":[1,2],"datatype":"BYTES","data":[["the sea","a boat"]]}]}"""u8.ToArray()));

        Assert.Equal(score, (await TritonAnswer.ReadAsync(response)).Output("output-0").Floats("data")[0], 1e-5);
    }

    [Fact]
    public async Task Infer_HalfPrecisionOutput_IsBinaryOrRefused()
    {
        var client = await models.Host.CreateReadyClientAsync();

        (string, long[], string, byte[])[] inputs =
        [
            ("input_ids", [1, 3], "INT32", TritonBody.Bytes(7, 9, 11)), ("attention_mask", [1, 3], "INT32", TritonBody.Bytes(1, 1, 1)), ("token_type_ids", [1, 3], "INT32", TritonBody.Bytes(0, 0, 0)),
        ];

        using var binary = await client.SendAsync(TritonBody.Binary("tiny-embedding-half", inputs));
        using var json = await client.SendAsync(TritonBody.Binary("tiny-embedding-half", inputs, "\"parameters\":{}"));

        var output = (await TritonAnswer.ReadAsync(binary)).Json.GetProperty("outputs")[0];
        Assert.Equal("FP16", output.GetProperty("datatype").GetString());
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);
        Assert.Contains("ask for it as binary data", await json.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_SeveralOutputs_AnswersThoseWantedInTheirOrder()
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var response = await client.SendAsync(TritonBody.Binary(
            "tiny-sentence", TritonBody.Ids([[7, 9, 11], [8, 6, 5]]), "\"outputs\":[{\"name\":\"token_embeddings\",\"parameters\":{\"binary_data\":true}},{\"name\":\"sentence_embedding\"}]"));

        var answer = await TritonAnswer.ReadAsync(response);
        var (tokens, sentence) = (answer.Json.GetProperty("outputs")[0], answer.Json.GetProperty("outputs")[1]);
        Assert.Equal(("token_embeddings", "sentence_embedding"), (tokens.GetProperty("name").GetString(), sentence.GetProperty("name").GetString()));
        Assert.Equal(answer.Behind.Length, tokens.GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
        Assert.Equal(sentence.GetProperty("shape").EnumerateArray().Aggregate(1, (p, a) => p * a.GetInt32()), sentence.GetProperty("data").GetArrayLength());
        Assert.False(sentence.TryGetProperty("parameters", out _));
    }

    [Fact]
    public async Task Infer_OfADecoder_IsRefusedByName()
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var response = await client.SendAsync(TritonBody.Binary("tiny-decoder", TritonBody.Ids([[7]])));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("keeps keys and values", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_Parameters_AreTheOnesOfTheProtocol()
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var known = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([[7]]), "\"parameters\":{\"priority\":2,\"timeout\":60000000,\"my_own\":\"x\"}"));
        using var sequence = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([[7]]), "\"parameters\":{\"sequence_id\":3}"));
        using var late = await client.SendAsync(TritonBody.Binary(Model, TritonBody.Ids([.. Enumerable.Repeat(Enumerable.Repeat(7L, 64).ToArray(), 4000)]), "\"parameters\":{\"timeout\":1}"));

        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, sequence.StatusCode);
        Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);
    }

    private static async Task<long[]> IdsAsync(HttpClient client, string text)
    {
        using var response = await client.PostAsJsonAsync("/v1/tokenize", new { model = Model, text });
        return [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ids").EnumerateArray().Select(i => i.GetInt64())];
    }
}
