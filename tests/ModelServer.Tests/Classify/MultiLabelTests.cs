using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.Classify;

public sealed class MultiLabelTests(SmallModels models) : IClassFixture<SmallModels>
{
    [Fact]
    public async Task Classify_MultiLabelModel_ScoresEachLabelAlone()
    {
        var cases = SmallModels.Expected("tiny-multilabel");
        var client = await models.Host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/v1/classify", new { model = "tiny-multilabel", input = cases.Select(c => c.GetProperty("text").GetString()) });

        var results = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results");
        for (var i = 0; i < cases.Length; i++)
        {
            var scores = results[i].GetProperty("labels").EnumerateArray().ToDictionary(l => l.GetProperty("label").GetString()!, l => l.GetProperty("score").GetSingle());
            JsonReading.AssertClose(cases[i].Floats("scores"), [scores["weather"], scores["food"], scores["travel"]]);
        }
    }
}
