using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ModelServer.Tests.HuggingFace;

/// <summary>The routes of Text Embeddings Inference for vectors.</summary>
public sealed class EmbedRouteTests(SmallModels models) : IClassFixture<SmallModels>
{
    private static readonly JsonElement[] Cases = SmallModels.Expected("tiny-embedding");
    private static readonly string[] Texts = [.. Cases.Select(c => c.GetProperty("text").GetString()!)];
    private readonly TeiClient _client = new(models.Host);

    [Theory]
    [InlineData(null, "normalized_mean")]
    [InlineData(true, "normalized_mean")]
    [InlineData(false, "mean")]
    public async Task Embed_Texts_AreAListForEachInput(bool? normalize, string expected)
    {
        var many = await _client.Post("/embed", new { inputs = Texts, normalize });
        var one = await _client.Post("/embed", new { inputs = Texts[1], normalize });

        Assert.Equal(Cases.Length, many.GetArrayLength());
        for (var i = 0; i < Cases.Length; i++) JsonReading.AssertClose(Cases[i].Floats(expected), many[i].Floats());
        JsonReading.AssertClose(Cases[1].Floats(expected), Assert.Single(one.EnumerateArray()).Floats());
    }

    [Fact]
    public async Task Embed_ModelThatDoesNotNormalize_IsNormalizedAllTheSame()
    {
        var body = await _client.Post("/embed", new { inputs = Texts[0], model = "mean" });

        JsonReading.AssertClose(Cases[0].Floats("normalized_mean"), body[0].Floats());
    }

    [Fact]
    public async Task Embed_IdsDimensionsAndPrompt_AreAsInOurOwnRoute()
    {
        var ids = Cases[1].GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray();

        var ofIds = await _client.Post("/embed", new { inputs = new[] { ids } });
        var shortened = await _client.Post("/embed", new { inputs = Texts, dimensions = 4 });
        var prompted = await _client.Post("/embed", new { inputs = Texts, prompt_name = "query" });
        var base64 = await _client.Post("/embed", new { inputs = Texts, encoding_format = "base64" });

        JsonReading.AssertClose(Cases[1].Floats("normalized_mean"), ofIds[0].Floats());
        for (var i = 0; i < Cases.Length; i++)
        {
            JsonReading.AssertClose(Cases[i].Floats("shortened_4"), shortened[i].Floats());
            JsonReading.AssertClose(Cases[i].Floats("query"), prompted[i].Floats());
            JsonReading.AssertClose(Cases[i].Floats("normalized_mean"), MemoryMarshal.Cast<byte, float>(base64[i].GetBytesFromBase64()).ToArray());
        }
    }

    [Fact]
    public async Task Embed_TruncationDirection_SaysWhichEndIsCut()
    {
        var filler = string.Concat(Enumerable.Repeat("rain ", 62));

        var right = await _client.Post("/embed", new { inputs = filler + "wind cat", truncate = true });
        var left = await _client.Post("/embed", new { inputs = "wind cat " + filler, truncate = true, truncation_direction = "Left" });
        var kept = await _client.Post("/embed", new { inputs = filler });
        var ids = await _client.Post("/embed", new { inputs = Enumerable.Range(0, 66).Select(i => i < 2 ? 9 : 7).ToArray(), truncate = true, truncation_direction = "left" });
        var last = await _client.Post("/embed", new { inputs = Enumerable.Repeat(7, 64).ToArray() });

        JsonReading.AssertClose(kept[0].Floats(), right[0].Floats());
        JsonReading.AssertClose(kept[0].Floats(), left[0].Floats());
        JsonReading.AssertClose(last[0].Floats(), ids[0].Floats());
    }

    [Fact]
    public async Task Similarity_Sentences_AreCosinesInOrder()
    {
        var vectors = Cases.Select(c => c.Floats("normalized_mean")).ToArray();

        var body = await _client.Post("/similarity", new { inputs = new { source_sentence = Texts[0], sentences = Texts }, parameters = new { truncate = true } });

        JsonReading.AssertClose([.. vectors.Select(v => v.Zip(vectors[0], (a, b) => a * b).Sum())], body.Floats());
        Assert.Equal(1, body[0].GetSingle(), 1e-5);
    }

    [Theory]
    [InlineData("/embed", "{}", "inputs")]
    [InlineData("/embed", """{"inputs":[]}""", "inputs")]
    [InlineData("/embed", """{"inputs":["a",""]}""", "inputs")]
    [InlineData("/embed", """{"inputs":5}""", "inputs")]
    [InlineData("/embed", """{"inputs":"a","dimensions":17}""", "dimensions")]
    [InlineData("/embed", """{"inputs":"a","truncation_direction":"up"}""", "truncation_direction")]
    [InlineData("/embed", """{"inputs":"a","prompt_name":"absent"}""", "prompt")]
    [InlineData("/embed", """{"inputs":"a","sparse":true}""", "sparse")]
    [InlineData("/embed", """{"inputs":[[9999]]}""", "inputs")]
    [InlineData("/similarity", """{"inputs":{"source_sentence":"a","sentences":["b"]},"parameters":{"model":"x"}}""", "model")]
    [InlineData("/similarity", "{}", "inputs")]
    [InlineData("/similarity", """{"inputs":{"sentences":["a"]}}""", "inputs.source_sentence")]
    [InlineData("/similarity", """{"inputs":{"source_sentence":"a","sentences":[]}}""", "inputs.sentences")]
    [InlineData("/similarity", """{"inputs":{"source_sentence":"a","sentences":["b",null]}}""", "inputs.sentences")]
    public async Task Post_InvalidField_IsAValidationErrorThatNamesIt(string route, string body, string named)
    {
        var error = await _client.Fail(route, body, HttpStatusCode.UnprocessableEntity);

        Assert.Equal("Validation", error.GetProperty("error_type").GetString());
        Assert.Contains(named, error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_VectorsThatNoModelMakes_Is424()
    {
        var error = await _client.Fail("/embed_all", """{"inputs":"a"}""", HttpStatusCode.FailedDependency);

        Assert.Equal("Backend", error.GetProperty("error_type").GetString());
        Assert.Contains("/embed", error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embed_UnknownModel_Is404() => await _client.Fail("/embed", """{"inputs":"a","model":"absent"}""", HttpStatusCode.NotFound);

    [Fact]
    public async Task Embed_MalformedJson_Is400() => await _client.Fail("/embed", """{"inputs":""", HttpStatusCode.BadRequest);
}
