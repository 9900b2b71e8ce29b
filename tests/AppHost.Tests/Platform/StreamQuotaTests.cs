using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>A client's quota after a stream is what the stream took, whatever was reserved for it.</summary>
[Collection(PlatformCollection.Name)]
public class StreamQuotaTests(RunningPlatform platform)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_ReadToItsEnd_CostsItsTokens(bool tellsUsage)
    {
        using var client = CreateClient();
        var prompt = (await (await client.PostAsJsonAsync("/v1/tokenize", new { model = "stories", text = "Once upon a time" })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("count").GetInt32();
        var before = await UsedAsync(client);
        object? options = tellsUsage ? new { include_usage = true } : null;

        using var response = await client.PostAsJsonAsync("/v1/completions", Body(maxTokens: 40, n: 2, options));
        Assert.EndsWith("data: [DONE]\n\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await Eventually.HoldsAsync(async () => await UsedAsync(client) == before + prompt + 80, () => "The quota is not what the stream took.");
    }

    [Fact]
    public async Task Stream_Abandoned_CostsWhatWasReadAndNotWhatWasReserved()
    {
        using var client = CreateClient();
        var before = await UsedAsync(client);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(Body(maxTokens: 400, n: 100, null)) };
        using (var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        using (var lines = new StreamReader(await response.Content.ReadAsStreamAsync()))
        {
            Assert.StartsWith("data: {", await lines.ReadLineAsync(), StringComparison.Ordinal);
        }

        await Eventually.HoldsAsync(async () => await UsedAsync(client) is var used && used > before && used < before + (400 * 100 / 2), () => "The quota is what was reserved.");
    }

    private HttpClient CreateClient() => platform.CreateClient(RunningPlatform.CreateToken(subject: $"metered {Guid.NewGuid()}", tier: "metered"));

    private static object Body(int maxTokens, int n, object? options)
        => new { model = "stories", prompt = "Once upon a time", max_tokens = maxTokens, n, ignore_eos = true, stream = true, stream_options = options };

    /// <summary>Tokens that the quota counts by now; asking costs none.</summary>
    private static async Task<long> UsedAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/v1/models");
        return RunningPlatform.MeteredTokens - long.Parse(response.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
    }
}
