using System.Text.Json;
using ModelServer.SparseEmbed;

namespace ModelServer.Tests.SparseEmbed;

public sealed class SparseEmbeddingsEndpointTests(VectorModels models) : IClassFixture<VectorModels>
{
    private const string Route = "/v1/sparse-embeddings";
    private static readonly JsonElement[] Cases = VectorModels.Expected("splade");
    private static readonly string[] Texts = [.. Cases.Select(c => c.GetProperty("text").GetString()!)];

    [Theory]
    [InlineData(null, "max")]
    [InlineData("splade-sum", "sum_twice")]
    public async Task Embed_Texts_AreWeighedAsNumpyDoes(string? model, string expected)
    {
        var body = await models.PostAsync(Route, new { model, input = Texts });

        Assert.Equal(model ?? "splade", body.GetProperty("model").GetString());
        Assert.Equal("1", body.GetProperty("model_version").GetString());
        Assert.True(body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32() > 20);
        var results = body.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(Texts.Length, results.Length);
        for (var i = 0; i < results.Length; i++)
        {
            var weights = Cases[i].Floats(expected);
            Assert.Equal(Enumerable.Range(0, weights.Length).Where(j => weights[j] != 0), Indices(results[i]));
            Assert.Contains(0, weights);
            JsonReading.AssertClose([.. weights.Where(w => w != 0)], results[i].Floats("values"));
        }
    }

    [Fact]
    public async Task Embed_TopKAndMinValue_KeepTheLargestInOrder()
    {
        var weights = Cases[1].Floats("max").Select((Weight, Index) => (Weight, Index)).ToArray();
        var least = weights.Select(w => w.Weight).OrderDescending().ElementAt(5) - 1e-4f;

        var three = (await models.PostAsync(Route, new { input = Texts[1], top_k = 3 })).GetProperty("results")[0];
        var large = (await models.PostAsync(Route, new { input = Texts[1], min_value = least })).GetProperty("results")[0];

        Assert.Equal(weights.OrderByDescending(w => w.Weight).Take(3).Select(w => w.Index).Order(), Indices(three));
        Assert.Equal(weights.Where(w => w.Weight >= least).Select(w => w.Index), Indices(large));
    }

    [Fact]
    public async Task Embed_TokenIds_AreTakenAsTheyAre()
    {
        var ids = await models.PostAsync("/v1/tokenize", new { model = "splade", text = Texts[0] });
        var body = await models.PostAsync(Route, new { input = new[] { ids.GetProperty("ids") } });

        JsonReading.AssertClose([.. Cases[0].Floats("max").Where(w => w != 0)], body.GetProperty("results")[0].Floats("values"));
    }

    [Fact]
    public async Task EmbedSparse_Texts_AreIndicesAndValues()
    {
        var weights = Cases[0].Floats("max");

        var body = await models.PostAsync("/embed_sparse", new { inputs = Texts[..2], truncate = true });

        Assert.Equal(2, body.GetArrayLength());
        Assert.All(body[0].EnumerateArray(), v => Assert.Equal(weights[v.GetProperty("index").GetInt32()], v.GetProperty("value").GetSingle(), 1e-5));
        Assert.Equal(weights.Count(w => w != 0), body[0].GetArrayLength());
    }

    [Theory]
    [InlineData("{}", "input")]
    [InlineData("""{"input":[]}""", "input")]
    [InlineData("""{"input":[""]}""", "input")]
    [InlineData("""{"input":[[9999]]}""", "input")]
    [InlineData("""{"input":"a","top_k":0}""", "top_k")]
    [InlineData("""{"input":"a","min_value":-1}""", "min_value")]
    [InlineData("""{"input":"a","min_value":1e300}""", "min_value")]
    [InlineData("""{"input":"a","prompt_name":"x"}""", "prompt_name")]
    [InlineData("""{"input":"a","model":"colbert"}""", "model")]
    [InlineData("""{"input":"a","dimensions":3}""", "dimensions")]
    public async Task Embed_InvalidField_Is422WithItsName(string body, string field) => Assert.Equal(field, await models.RefusedFieldAsync(Route, body));

    [Fact]
    public void Dot_Rows_IsThatOfTheWholeVectors()
    {
        float[] a = [6, 1, 2, 3, 4, 5, 1], b = [6, 0, 7, 3, 0.5f, 5, 3];

        Assert.Equal(5, SparseRow.Dot(a, b));
        Assert.Equal(21, SparseRow.Dot(a, a));
        Assert.Equal(Math.Sqrt(21), SparseRow.Norm(a), 1e-6);
        Assert.Equal(0, SparseRow.Dot(a, [6]));
    }

    private static IEnumerable<int> Indices(JsonElement result) => result.GetProperty("indices").EnumerateArray().Select(i => i.GetInt32());
}
