using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelServer.Tests.Models;
using ModelServer.Tests.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Tokenize;

public sealed class TokenizationRouteTests(SmallModels models) : IClassFixture<SmallModels>
{
    [Fact]
    public async Task Tokenize_EveryModel_AnswersIdsTokensAndOffsets()
    {
        foreach (var model in new[] { "tiny-embedding", "tiny-rerank:1", "tiny-tokenizer" })
        {
            var body = await Ok("/v1/tokenize", new { model, text = "Cold 🎉 rain, caté" });

            Assert.Equal(["[CLS]", "cold", "[UNK]", "rain", ",", "cat", "##e", "[SEP]"], body.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()!));
            Assert.Equal([[0, 0], [0, 4], [5, 6], [7, 11], [11, 12], [13, 16], [16, 17], [0, 0]], Offsets(body));
            Assert.Equal(8, body.GetProperty("count").GetInt32());
            Assert.Equal(8, body.GetProperty("ids").GetArrayLength());
            Assert.Equal("1", body.GetProperty("model_version").GetString());
        }
    }

    [Fact]
    public async Task Tokenize_PairWithoutSpecialTokens_HasTheTextsAlone()
    {
        var with = await Ok("/v1/tokenize", new { model = "tiny-tokenizer", text = "cold rain", text_pair = "warm tea" });
        var without = await Ok("/v1/tokenize", new { model = "tiny-tokenizer", text = "cold rain", text_pair = "warm tea", add_special_tokens = false });

        Assert.Equal(7, with.GetProperty("count").GetInt32());
        Assert.Equal(["cold", "rain", "warm", "tea"], without.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()!));
        Assert.Equal([[0, 4], [5, 9], [0, 4], [5, 8]], Offsets(without));
    }

    [Fact]
    public async Task Tokenize_LongText_IsNotTruncated()
    {
        var body = await Ok("/v1/tokenize", new { model = "tiny-embedding", text = string.Concat(Enumerable.Repeat("cat ", 500)) });

        Assert.Equal(502, body.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Tokenize_EmptyText_IsTheSpecialTokens()
    {
        Assert.Equal(2, (await Ok("/v1/tokenize", new { model = "tiny-embedding", text = "" })).GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Detokenize_Ids_IsTheTextCleanedUp()
    {
        var ids = (await Ok("/v1/tokenize", new { model = "tiny-tokenizer", text = "It's cold, not warm." })).GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray();

        var text = await Ok("/v1/detokenize", new { model = "tiny-tokenizer", ids });
        var special = await Ok("/v1/detokenize", new { model = "tiny-tokenizer", ids, skip_special_tokens = false });
        var none = await Ok("/v1/detokenize", new { model = "tiny-tokenizer", ids = Array.Empty<int>() });

        Assert.Equal("it's cold, not warm.", text.GetProperty("text").GetString());
        Assert.Equal("[CLS] it's cold, not warm. [SEP]", special.GetProperty("text").GetString());
        Assert.Equal("", none.GetProperty("text").GetString());
    }

    // Each follows from the merges in SmallBpe; the two parts of the emoji have its place.
    [Fact]
    public async Task Routes_BytePairs_GiveTheTextBack()
    {
        using var folder = new TemporaryModels();
        folder.Write("bytes/1/tokenizer.json", SmallBpe.ByteLevelJson().ToJsonString());
        await using var host = new ModelServerHost(folder.Path);
        var client = await host.CreateReadyClientAsync();

        var body = await Ok(client, "/v1/tokenize", new { model = "bytes", text = "hello 🎉<|end|>" });
        var text = await Ok(client, "/v1/detokenize", new { model = "bytes", ids = body.Ints("ids") });

        Assert.Equal(["hello", "Ġ", "ðŁİ", "ī", "<|end|>"], body.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()!));
        Assert.Equal([[0, 5], [5, 6], [6, 7], [6, 7], [7, 14]], Offsets(body));
        Assert.Equal("hello 🎉", text.String("text"));
    }

    [SharedTheory]
    [InlineData("bert-base-uncased")]
    [InlineData("gpt2")]
    [InlineData("llama-2")]
    public async Task Routes_PublishedTokenizer_MatchTheReferenceInEveryCase(string name)
    {
        var source = TokenizerFixtures.Shared(name)!;
        using var folder = new TemporaryModels();
        foreach (var file in new[] { "tokenizer.json", "tokenizer_config.json" }) folder.Write($"published/1/{file}", File.ReadAllText(Path.Combine(source, file)));
        await using var host = new ModelServerHost(folder.Path);
        var client = await host.CreateReadyClientAsync();
        var clean = TokenizerLoader.Load(source).Config.CleanUpSpaces;

        var checkedCases = 0;
        foreach (var expected in TokenizerFixtures.Lines(Path.Combine(source, "expected.jsonl")))
        {
            var pair = expected.String("kind") == "pair";
            if (!pair && expected.String("kind") != "text") continue;
            var tokens = await Ok(client, "/v1/tokenize", new { model = "published", text = expected.String("text"), text_pair = expected.StringOrNull("pair") });
            var ids = expected.Ints(pair ? "ids" : "ids_special");
            Assert.Equal(ids, tokens.Ints("ids"));
            checkedCases++;
            if (pair) continue;
            var text = await Ok(client, "/v1/detokenize", new { model = "published", ids });
            Assert.Equal(expected.String(clean ? "decode_skip_clean" : "decode_skip"), text.String("text"));
        }

        Assert.True(checkedCases > 100);
    }

    [Fact]
    public async Task TokenizerAlone_IsReadyAndServesNothingElse()
    {
        var client = await models.Host.CreateReadyClientAsync();

        var version = (await client.GetFromJsonAsync<JsonElement>("/v1/models/tiny-tokenizer")).GetProperty("versions")[0];
        using var classify = await Post("/v1/classify", """{"model":"tiny-tokenizer","input":"a"}""");

        Assert.Equal("ready", version.GetProperty("state").GetString());
        Assert.Equal("tokenizer", version.GetProperty("task").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, classify.StatusCode);
    }

    [Theory]
    [InlineData("/v1/tokenize", """{"text":"a"}""", "model")]
    [InlineData("/v1/tokenize", """{"model":"tiny-tokenizer"}""", "text")]
    [InlineData("/v1/tokenize", """{"model":"tiny-tokenizer","text":["a"]}""", "text")]
    [InlineData("/v1/tokenize", """{"model":"tiny-tokenizer","text":"a","add_special_tokens":"no"}""", "add_special_tokens")]
    [InlineData("/v1/tokenize", """{"model":"tiny-tokenizer","text":"a","txet_pair":"b"}""", "txet_pair")]
    [InlineData("/v1/detokenize", """{"ids":[1]}""", "model")]
    [InlineData("/v1/detokenize", """{"model":"tiny-tokenizer"}""", "ids")]
    [InlineData("/v1/detokenize", """{"model":"tiny-tokenizer","ids":[-1]}""", "ids")]
    [InlineData("/v1/detokenize", """{"model":"tiny-tokenizer","ids":[100000]}""", "ids")]
    [InlineData("/v1/detokenize", """{"model":"tiny-tokenizer","ids":["1"]}""", "ids")]
    [InlineData("/v1/detokenize", """{"model":"tiny-tokenizer","ids":[99999999999]}""", "ids")]
    public async Task Routes_InvalidField_Is422WithItsName(string route, string body, string param)
    {
        using var response = await Post(route, body);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.StartsWith(param, error.GetProperty("param").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":"absent","text":"a"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"model":"tiny-tokenizer:9","text":"a"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"model":""", HttpStatusCode.BadRequest)]
    public async Task Tokenize_BadRequest_HasItsStatus(string body, HttpStatusCode status)
    {
        using var response = await Post("/v1/tokenize", body);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Routes_BeyondTheLimits_AreRefused()
    {
        var text = new string('a', (1 << 20) + 1);
        using var tooLong = await Post("/v1/tokenize", JsonSerializer.Serialize(new { model = "tiny-tokenizer", text }));
        using var tooMany = await Post("/v1/detokenize", JsonSerializer.Serialize(new { model = "tiny-tokenizer", ids = new int[(1 << 18) + 1] }));
        using var tooLarge = await Post("/v1/tokenize", JsonSerializer.Serialize(new { model = "tiny-tokenizer", text = new string('a', 5 << 20) }));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, tooLong.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, tooMany.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    private static int[][] Offsets(JsonElement body)
        => [.. body.GetProperty("offsets").EnumerateArray().Select(o => new[] { o[0].GetInt32(), o[1].GetInt32() })];

    private static async Task<JsonElement> Ok(HttpClient client, string route, object request)
    {
        using var response = await client.PostAsJsonAsync(route, request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> Ok(string route, object request) => await Ok(await models.Host.CreateReadyClientAsync(), route, request);

    private async Task<HttpResponseMessage> Post(string route, string body)
        => await (await models.Host.CreateReadyClientAsync()).PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"));
}
