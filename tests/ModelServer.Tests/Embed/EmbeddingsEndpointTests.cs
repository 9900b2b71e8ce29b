using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.Embed;

public sealed class EmbeddingsEndpointTests(SmallModels models) : IClassFixture<SmallModels>
{
    private static readonly JsonElement[] Cases = SmallModels.Expected("tiny-embedding");
    private static readonly string[] Texts = [.. Cases.Select(c => c.GetProperty("text").GetString()!)];

    [Theory]
    [InlineData("mean", "mean")]
    [InlineData("cls", "cls")]
    [InlineData("max", "max")]
    [InlineData("last", "last")]
    [InlineData("tiny-embedding", "normalized_mean")]
    public async Task Embed_EachPooling_IsWhatNumpyComputes(string model, string expected)
    {
        var body = await Embed(new { model, input = Texts });

        var data = body.GetProperty("data");
        Assert.Equal("list", body.GetProperty("object").GetString());
        Assert.Equal(model, body.GetProperty("model").GetString());
        Assert.Equal(Cases.Length, data.GetArrayLength());
        for (var i = 0; i < Cases.Length; i++)
        {
            Assert.Equal(i, data[i].GetProperty("index").GetInt32());
            Assert.Equal("embedding", data[i].GetProperty("object").GetString());
            JsonReading.AssertClose(Cases[i].Floats(expected), data[i].Floats("embedding"));
        }

        var tokens = Cases.Sum(c => c.GetProperty("ids").GetArrayLength());
        Assert.Equal(tokens, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(tokens, body.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Theory]
    [InlineData("tiny-embedding-half", 2e-3)]
    [InlineData("tiny-sentence", 1e-5)]
    public async Task Embed_OtherOutputs_AreRead(string model, double tolerance)
    {
        var cases = SmallModels.Expected(model);

        var body = await Embed(new { model, input = cases.Select(c => c.GetProperty("text").GetString()) });

        for (var i = 0; i < cases.Length; i++) JsonReading.AssertClose(cases[i].Floats("cls"), body.GetProperty("data")[i].Floats("embedding"), tolerance);
    }

    [Fact]
    public async Task Embed_Dimensions_CutsAndNormalizesAgain()
    {
        var body = await Embed(new { input = Texts, dimensions = 4 });

        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats("shortened_4"), body.GetProperty("data")[i].Floats("embedding"));
    }

    [Fact]
    public async Task Embed_PromptName_PutsThePromptInFront()
    {
        var body = await Embed(new { input = Texts, prompt_name = "query" });

        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats("query"), body.GetProperty("data")[i].Floats("embedding"));
    }

    [Fact]
    public async Task Embed_TokenIds_BypassTheTokenizer()
    {
        var ids = Cases.Select(c => c.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray()).ToArray();

        var many = await Embed(new { input = ids });
        var one = await Embed(new { input = ids[1] });

        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats("normalized_mean"), many.GetProperty("data")[i].Floats("embedding"));
        Assert.Equal(1, one.GetProperty("data").GetArrayLength());
        JsonReading.AssertClose(Cases[1].Floats("normalized_mean"), one.GetProperty("data")[0].Floats("embedding"));
    }

    [Fact]
    public async Task Embed_Base64_HoldsTheSameFloats()
    {
        var inFloats = await Embed(new { input = Texts, encoding_format = "float" });
        var inBase64 = await Embed(new { input = Texts, encoding_format = "base64" });

        for (var i = 0; i < Cases.Length; i++)
        {
            var bytes = inBase64.GetProperty("data")[i].GetProperty("embedding").GetBytesFromBase64();
            JsonReading.AssertClose(inFloats.GetProperty("data")[i].Floats("embedding"), MemoryMarshal.Cast<byte, float>(bytes).ToArray(), 1e-6);
        }
    }

    [Fact]
    public async Task Embed_AnyBatchAndPadding_GivesTheSameVector()
    {
        var random = new Random(11);
        var words = Texts.SelectMany(t => t.Split(' ')).Distinct().ToArray();
        var texts = Enumerable.Range(0, 120).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(1, 60)).Select(_ => words[random.Next(words.Length)]))).ToArray();
        var client = await models.Host.CreateReadyClientAsync();
        var alone = new float[texts.Length][];
        for (var i = 0; i < texts.Length; i++) alone[i] = (await Embed(new { input = texts[i] })).GetProperty("data")[0].Floats("embedding");

        // Requests of many sizes at once, so that their texts share runs with whatever else is there.
        for (var round = 0; round < 4; round++)
        {
            var order = Enumerable.Range(0, texts.Length).ToArray();
            random.Shuffle(order);
            var groups = new List<int[]>();
            for (var taken = 0; taken < order.Length;)
            {
                groups.Add([.. order.Skip(taken).Take(random.Next(1, 24))]);
                taken += groups[^1].Length;
            }

            await Task.WhenAll(groups.Select(async group =>
            {
                var body = await Embed(new { input = group.Select(i => texts[i]) });
                for (var i = 0; i < group.Length; i++) JsonReading.AssertClose(alone[group[i]], body.GetProperty("data")[i].Floats("embedding"));
            }));
        }
    }

    [Theory]
    [InlineData("{}", "input")]
    [InlineData("""{"input":null}""", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":""}""", "input")]
    [InlineData("""{"input":["a",""]}""", "input")]
    [InlineData("""{"input":[[]]}""", "input")]
    [InlineData("""{"input":["a",1]}""", "input")]
    [InlineData("""{"input":[1,"a"]}""", "input")]
    [InlineData("""{"input":[1.5]}""", "input")]
    [InlineData("""{"input":[99999999999]}""", "input")]
    [InlineData("""{"input":[-1]}""", "input")]
    [InlineData("""{"input":[5000]}""", "input")]
    [InlineData("""{"input":{"text":"a"}}""", "input")]
    [InlineData("""{"input":[[["a"]]]}""", "input")]
    [InlineData("""{"input":"a","dimensions":0}""", "dimensions")]
    [InlineData("""{"input":"a","dimensions":17}""", "dimensions")]
    [InlineData("""{"input":"a","dimensions":"4"}""", "dimensions")]
    [InlineData("""{"input":"a","encoding_format":"hex"}""", "encoding_format")]
    [InlineData("""{"input":"a","encoding_format":1}""", "encoding_format")]
    [InlineData("""{"input":"a","user":5}""", "user")]
    [InlineData("""{"input":"a","prompt_name":"absent"}""", "prompt_name")]
    [InlineData("""{"input":[7],"prompt_name":"query"}""", "prompt_name")]
    [InlineData("""{"input":"a","model":"tiny-multilabel"}""", "model")]
    [InlineData("""{"input":"a","truncate_prompt_tokens":0}""", "truncate_prompt_tokens")]
    [InlineData("""{"input":"a","truncate_prompt_tokens":-2}""", "truncate_prompt_tokens")]
    [InlineData("""{"input":"a","truncate_prompt_tokens":2}""", "truncate_prompt_tokens")]
    [InlineData("""{"input":"a","truncate_prompt_tokens":65}""", "truncate_prompt_tokens")]
    [InlineData("""{"input":"a","truncate_prompt_tokens":8,"truncate":false}""", "truncate_prompt_tokens")]
    [InlineData("""{"input":"a","embed_dtype":"float16"}""", "embed_dtype")]
    [InlineData("""{"input":"a","input_type":"query"}""", "input_type")]
    [InlineData("""{"input":"a","late_chunking":false}""", "late_chunking")]
    [InlineData("""{"input":"a","normalize":1}""", "normalize")]
    public async Task Embed_InvalidField_Is400WithItsName(string body, string param)
    {
        var error = await Fail(body, HttpStatusCode.BadRequest);

        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.StartsWith(param, error.GetProperty("param").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.GetProperty("code").GetString()!);
    }

    [Theory]
    [InlineData("""{"input":""", HttpStatusCode.BadRequest)]
    [InlineData("""{"input":"a","model":"absent"}""", HttpStatusCode.NotFound)]
    public async Task Embed_BadRequest_IsAnErrorObject(string body, HttpStatusCode status) => Assert.NotEmpty((await Fail(body, status)).GetProperty("message").GetString()!);

    [Fact]
    public async Task Embed_UnknownField_IsIgnored()
        => await Embed(new { input = "cat", user = "someone", a_field_of_next_year = new[] { 1 }, embed_dtype = (string?)null, truncate = (bool?)null, normalize = (bool?)null });

    [Theory]
    [InlineData("tiny-embedding", false, "mean")]
    [InlineData("tiny-embedding", true, "normalized_mean")]
    [InlineData("mean", true, "normalized_mean")]
    [InlineData("mean", false, "mean")]
    public async Task Embed_Normalize_DecidesTheLength(string model, bool normalize, string expected)
    {
        var body = await Embed(new { model, input = Texts, normalize });

        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats(expected), body.GetProperty("data")[i].Floats("embedding"));
    }

    [Fact]
    public async Task Embed_NormalizeFalseWithDimensions_IsTheBeginningAsItIs()
    {
        var body = await Embed(new { input = Texts, normalize = false, dimensions = 4 });

        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats("mean")[..4], body.GetProperty("data")[i].Floats("embedding"));
    }

    [Fact]
    public async Task Embed_IdsOfAnotherVocabulary_SaysHowLangChainSendsTexts()
    {
        var error = await Fail("""{"input":[[5,6],[9906,1917,99999]]}""", HttpStatusCode.BadRequest);

        Assert.Equal("input", error.GetProperty("param").GetString());
        Assert.Contains("check_embedding_ctx_length=False", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_TooLong_IsRefusedUnlessTruncated()
    {
        var text = string.Concat(Enumerable.Repeat("cat ", 100));
        var ids = Enumerable.Repeat(7, 100).ToArray();

        Assert.Equal("input_too_long", (await Fail(JsonSerializer.Serialize(new { input = text }), HttpStatusCode.BadRequest)).GetProperty("code").GetString());
        Assert.Equal("input_too_long", (await Fail(JsonSerializer.Serialize(new { input = ids }), HttpStatusCode.BadRequest)).GetProperty("code").GetString());
        Assert.Equal(64, (await Embed(new { input = text, truncate = true })).GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(64, (await Embed(new { input = ids, truncate = true })).GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Embed_TooManyInputs_IsRefused()
    {
        var error = await Fail(JsonSerializer.Serialize(new { input = Enumerable.Repeat("a", 2049) }), HttpStatusCode.BadRequest);

        Assert.Equal("input", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Embed_Answer_NamesItsVersion()
    {
        var client = await models.Host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/v1/embeddings", new { input = "cat", model = "tiny-embedding:1" });

        Assert.Equal("1", Assert.Single(response.Headers.GetValues("x-model-version")));
        Assert.Contains("infer;dur=", Assert.Single(response.Headers.GetValues("Server-Timing")), StringComparison.Ordinal);
    }

    private async Task<JsonElement> Embed(object request)
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var response = await client.PostAsJsonAsync("/v1/embeddings", request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> Fail(string body, HttpStatusCode status)
    {
        var client = await models.Host.CreateReadyClientAsync();
        using var response = await client.PostAsync("/v1/embeddings", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(status, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
    }
}
