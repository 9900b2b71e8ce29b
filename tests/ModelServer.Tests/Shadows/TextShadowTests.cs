using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using ModelServer.Shadows;
using ModelServer.Tests.Models;
using ServiceDefaults.Rollouts;
using Testing;

namespace ModelServer.Tests.Shadows;

public class TextShadowTests
{
    [Fact]
    public void Compare_Texts_ByWhatTheyBeginWithTogether()
    {
        Assert.Equal(new(true, 0), TextShadow.Compare(["", "abc"], ["", "abc"]));
        Assert.Equal(new(false, 0.75), TextShadow.Compare(["ab"], ["axyz"]));
        Assert.Equal(new(false, 0.5), TextShadow.Compare(["same", "a"], ["same", "b"]));
        Assert.Equal(new(false, 1), TextShadow.Compare(["a"], ["a", "b"]));
    }

    [Theory]
    [InlineData("tiny-decoder", 4)]
    [InlineData("stories-plain", 0)]
    public async Task Answered_RepeatableRequests_AreAskedAgainAndCompared(string shadow, int agreed)
    {
        using var models = new TemporaryModels();
        models.CopySmall("tiny-decoder", "text", "1");
        models.CopySmall(shadow, "text", "2");
        var rollouts = new TestRollouts();
        rollouts.Activate("text", "1");
        rollouts.Load("text", "2");
        await using var host = new ModelServerHost(models.Path, rollouts: rollouts);
        var client = await host.CreateReadyClientAsync();
        rollouts.Change("text", r => r.Trying("2", TrialStage.Shadow));
        var version = host.Services.GetRequiredService<ModelCatalog>().Get("text", "2")!;

        // Of these four are repeatable and ask for the bare name.
        var stops = JsonSerializer.Serialize(await TextAsync(new { model = "text", prompt = "a", max_tokens = 12, temperature = 0 }));
        await ComparedAsync(1);
        await TextAsync(new { model = "text", prompt = "a", max_tokens = 12, temperature = 1, seed = 7 });
        await ComparedAsync(2);
        await TextAsync(new { model = "text", prompt = "a", max_tokens = 12, temperature = 1 });
        await TextAsync(new { model = "text:1", prompt = "a", max_tokens = 12, temperature = 0 });
        await TextAsync(new { model = "text", prompt = new[] { "a", "b" }, n = 2, max_tokens = 12, temperature = 1, seed = 7 });
        await ComparedAsync(3);
        await TextAsync(new { model = "text", prompt = "a", max_tokens = 12, temperature = 0, stream = true });
        await ComparedAsync(4);

        var counts = version.Counter.Read()!;
        Assert.NotEmpty(stops);
        Assert.Equal((4L, 0L, (long)agreed), (counts.Requests, counts.Errors, counts.Shadow!.Agreed));
        if (agreed == 0) Assert.InRange(counts.Shadow.Distance, 1, 4);
        else Assert.Equal(0, counts.Shadow.Distance);
        Assert.Equal(0, version.Leases);

        async Task<string> TextAsync(object body)
        {
            using var response = await client.PostAsJsonAsync("/v1/completions", body);
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, text);
            Assert.Equal("1", Assert.Single(response.Headers.GetValues("x-model-version")));
            return text;
        }

        Task ComparedAsync(int requests) => Eventually.HoldsAsync(
            () => version.Counter.Read()?.Shadow?.Compared == requests, () => $"{version.Counter.Read()}, shadow {version.Counter.Read()?.Shadow}");
    }
}
