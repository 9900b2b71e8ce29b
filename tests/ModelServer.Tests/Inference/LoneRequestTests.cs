using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Inference;

/// <summary>A whole server whose encoder has a session for requests that have the machine to themselves.</summary>
public sealed class LoneRequestTests : IDisposable
{
    private static readonly string[] Texts = ["good", "a gripping and funny film", string.Join(' ', Enumerable.Repeat("dull and long", 60))];
    private readonly TemporaryModels _models = new();

    public LoneRequestTests() => _models.CopySentiment("sentiment", "1");

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Classify_OneAfterTheOther_AnswersAsWithOneThreadAndCountsEachRun()
    {
        await using var one = Host(1);
        await using var two = Host(2);
        var (expecting, client) = (await one.CreateReadyClientAsync("infer metrics"), await two.CreateReadyClientAsync("infer metrics"));
        var warm = await ReadAsync(client, "model_lone_runs_total");

        foreach (var text in Texts) Assert.Equal(await ClassifyAsync(expecting, text), await ClassifyAsync(client, text));

        Assert.Equal((1, 2), (await ReadAsync(expecting, "model_lone_threads"), await ReadAsync(client, "model_lone_threads")));
        Assert.Equal(0, await ReadAsync(expecting, "model_lone_runs_total"));
        Assert.Equal(warm + Texts.Length, await ReadAsync(client, "model_lone_runs_total"));
    }

    private ModelServerHost Host(int loneThreads)
        => new(_models.Path, new Dictionary<string, string?> { ["Inference:LoneThreads"] = $"{loneThreads}", ["Cache:Enabled"] = "false" });

    private static async Task<string> ClassifyAsync(HttpClient client, string input)
    {
        using var response = await client.PostAsJsonAsync("/v1/classify", new { input });
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").GetRawText();
    }

    /// <summary>0 where there is no such series yet.</summary>
    private static async Task<double> ReadAsync(HttpClient client, string series)
    {
        var lines = (await client.GetStringAsync("/metrics")).Split('\n');
        return lines.FirstOrDefault(l => l.StartsWith($"{series}{{model=\"sentiment:1\"", StringComparison.Ordinal)) is { } line
            ? double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)
            : 0;
    }
}
