using System.Net;
using System.Net.Http.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Generation;

/// <summary>End tokens that the graph has no logit for were forbidden by index all the same: 500 for every request with <c>min_tokens</c>.</summary>
public class EndTokenRangeTests
{
    [Theory]
    [InlineData("-1")]
    [InlineData("50256")]
    [InlineData("[50256, 3, -1]")]
    public async Task Generate_EndTokensOutsideTheVocabulary_AreLeftOut(string ends)
    {
        using var models = new TemporaryModels();
        File.WriteAllText(Path.Combine(models.CopySmall("tiny-decoder", "tiny"), "generation_config.json"), $$"""{"eos_token_id":{{ends}}}""");
        await using var host = new ModelServerHost(models.Path);
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/v1/generate", new { text = "a", max_length = 4, min_tokens = 2 });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
