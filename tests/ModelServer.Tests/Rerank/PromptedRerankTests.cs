using System.Text.Json;

namespace ModelServer.Tests.Rerank;

/// <summary>Rerankers that read query and document as one text.</summary>
public sealed class PromptedRerankTests(VectorModels models) : IClassFixture<VectorModels>
{
    private static readonly JsonElement[] Cases = VectorModels.ExpectedOfPrompts();

    [Theory]
    [InlineData("prompted")]
    [InlineData("answering")]
    public async Task Rerank_Prompts_AreScoredAsNumpyDoes(string model)
    {
        foreach (var expected in Cases)
        {
            var body = await models.PostAsync("/v1/rerank", new
            {
                model,
                query = expected.GetProperty("query").GetString(),
                documents = new[] { expected.GetProperty("document").GetString() },
                instruction = expected.GetProperty("instruction").GetString(),
            });

            Assert.Equal(expected.GetProperty("tokens").GetInt32(), body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
            Assert.Equal(expected.GetProperty(model).GetDouble(), body.GetProperty("results")[0].GetProperty("relevance_score").GetDouble(), 1e-5);
        }
    }

    [Fact]
    public async Task Rerank_SpecialTokensAndPlaceholdersOfACaller_StayText()
    {
        var word = await Tokens("cat", "rain");

        Assert.True(await Tokens("[SEP]", "rain") > word);
        Assert.True(await Tokens("cat", "[MASK]") > word);
        // Braces and the letters between them.
        Assert.True(await Tokens("{document}", "rain") > word);
        Assert.Equal(1, await Tokens("cat", "rain rain") - word);
    }

    [Fact]
    public async Task Rerank_TooLong_NamesWhatIsTooLong()
    {
        var text = string.Join(' ', Enumerable.Repeat("rain", 80));

        Assert.Equal("query", await models.RefusedFieldAsync("/v1/rerank", new { model = "prompted", query = text, documents = new[] { "sea" } }));
        Assert.Equal("documents[1]", await models.RefusedFieldAsync("/v1/rerank", new { model = "prompted", query = "sea", documents = new[] { "sea", text }, truncate = false }));
    }

    [Fact]
    public async Task Rerank_InstructionForAModelWithoutPlace_IsRefused()
        => Assert.Equal("instruction", await models.RefusedFieldAsync("/v1/rerank", new { model = "colbert", query = "sea", documents = new[] { "sea" }, instruction = "find" }));

    private async Task<int> Tokens(string query, string document)
        => (await models.PostAsync("/v1/rerank", new { model = "prompted", query, documents = new[] { document } })).GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
}
