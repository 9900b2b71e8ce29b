using System.Net;
using ModelServer.Tests.OpenAI;
using Testing;

namespace ModelServer.Tests.Generation;

public class TextGeneratorTests
{
    /// <summary>The prompt has more tokens than the window, which tokenizing would find: it was tokenized before the door was asked.</summary>
    [Fact]
    public async Task Post_FullQueue_IsToldBeforeThePromptIsTokenized()
    {
        using var held = new HeldModels(new Dictionary<string, string?> { ["Generate:QueuedSequences"] = "1" });
        var (running, _, _) = await held.BeginAsync();
        var waiting = held.SendAsync(60, stream: false, "tester");
        await Eventually.HoldsAsync(() => held.Waiting == 1);

        using var response = await held.Models.SendAsync(HeldModels.Route, new { prompt = string.Concat(Enumerable.Repeat("the ", 500)), max_tokens = 5 });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        running.Dispose();
        held.Time.Release();
        (await waiting.WaitAsync(Eventually.Limit)).Dispose();
    }
}
