using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary>The shipped generator, and a cut of it in the plain layout, continue prompts as PyTorch does: token for token, alone and beside others.</summary>
public sealed class ReferenceContinuationTests
{
    private static readonly string Fixtures = Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures");
    private static readonly string Plain = Path.Combine(Fixtures, "models", "stories-plain", "1");

    [Fact]
    public Task Stories_EveryPrompt_ContinuesAsTheReference()
        => CheckAsync(Path.Combine(RepositoryPaths.Models, "stories", "1"), Path.Combine(Fixtures, "generation.json"));

    [Fact]
    public Task PlainLayout_EveryPrompt_ContinuesAsTheReference() => CheckAsync(Plain, Path.Combine(Plain, "expected.json"));

    [Fact]
    public async Task Stories_SeededSampling_IsTheSameBesideOthers()
    {
        using var models = Only(Path.Combine(RepositoryPaths.Models, "stories", "1"));
        using var host = new ModelServerHost(models.Path);
        var client = await host.CreateReadyClientAsync();
        var alone = await ContinueAsync(client, "Once upon a time", maxTokens: 32, temperature: 1, seed: 7);

        var others = Enumerable.Range(0, 12).Select(i => ContinueAsync(client, $"The {i} dogs", maxTokens: 8 + (3 * i), temperature: 1, seed: i)).ToArray();
        var beside = await ContinueAsync(client, "Once upon a time", maxTokens: 32, temperature: 1, seed: 7);
        await Task.WhenAll(others);

        Assert.Equal(alone, beside);
        Assert.NotEqual(alone, await ContinueAsync(client, "Once upon a time", maxTokens: 32, temperature: 1, seed: 8));
    }

    private static async Task CheckAsync(string model, string reference)
    {
        using var models = Only(model);
        using var host = new ModelServerHost(models.Path);
        var client = await host.CreateReadyClientAsync();
        var rows = JsonDocument.Parse(await File.ReadAllTextAsync(reference)).RootElement.EnumerateArray().ToArray();
        Assert.True(rows.Length >= 12);
        foreach (var row in rows) Assert.Equal(Text(row), await ContinueAsync(client, Prompt(row), 48, temperature: 0));

        // All of them at once, in another order each time, some leaving early.
        var random = new Random(5);
        for (var round = 0; round < 3; round++)
        {
            random.Shuffle(rows);
            using var leave = new CancellationTokenSource();
            var leaving = rows.Take(4).Select(row => ContinueAsync(client, Prompt(row) + " and then", 200, temperature: 0, cancellation: leave.Token)).ToArray();
            var staying = rows.Select(row => ContinueAsync(client, Prompt(row), 48, temperature: 0)).ToArray();
            await staying[0];
            await leave.CancelAsync();
            Assert.Equal(rows.Select(Text), await Task.WhenAll(staying));
            await Task.WhenAll(leaving).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static TemporaryModels Only(string version)
    {
        var models = new TemporaryModels();
        var target = Directory.CreateDirectory(Path.Combine(models.Path, "stories", "1")).FullName;
        foreach (var file in Directory.GetFiles(version)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return models;
    }

    private static string Prompt(JsonElement row) => row.GetProperty("prompt").GetString()!;

    private static string Text(JsonElement row) => row.GetProperty("text").GetString()!;

    private static async Task<string> ContinueAsync(HttpClient client, string prompt, int maxTokens, double temperature, int? seed = null, CancellationToken cancellation = default)
    {
        using var answer = await client.PostAsJsonAsync("/v1/completions", new { model = "stories", prompt, temperature, seed, max_tokens = maxTokens }, cancellation);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("choices")[0].GetProperty("text").GetString()!;
    }
}
