using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests;

/// <summary>A model server with the models that <c>fixtures/make_vectors.py</c> makes, and the answers that numpy gives for them.</summary>
public sealed class VectorModels : IDisposable
{
    internal static readonly string Root = Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "vectors");
    private readonly TemporaryModels _models = new();

    public VectorModels()
    {
        Copy("splade", "splade");
        File.WriteAllText(Path.Combine(Copy("splade", "splade-sum"), "1_SpladePooling", "config.json"), """{"pooling_strategy":"sum","activation_function":"log1p_relu"}""");
        Copy("colbert", "colbert");
        File.WriteAllText(Path.Combine(Copy("colbert", "attending"), "serving.json"), """{"lateInteraction":{"attendToExpansion":true}}""");
        File.WriteAllText(Path.Combine(Copy("colbert", "bare"), "serving.json"), """{"lateInteraction":{"expandQueries":false,"skippedTokens":[]}}""");
        Heads(_models);
        File.Copy(Path.Combine(Root, "prompted", "serving.json"), Path.Combine(_models.CopySmall("tiny-rerank", "prompted"), "serving.json"));
        var answering = Copy("splade", "answering");
        Directory.Delete(Path.Combine(answering, "1_SpladePooling"), recursive: true);
        File.Delete(Path.Combine(answering, "modules.json"));
        File.Copy(Path.Combine(Root, "answering", "serving.json"), Path.Combine(answering, "serving.json"));
        File.WriteAllText(Path.Combine(answering, "config.json"), File.ReadAllText(Path.Combine(answering, "config.json")).Replace("BertForMaskedLM", "BertForCausalLM", StringComparison.Ordinal));
        var settings = new Dictionary<string, string?>
        {
            ["Models:Defaults:sparse-embeddings"] = "splade",
            ["Models:Defaults:late-interaction"] = "colbert",
            // Every answer comes from the engine: one that is remembered says nothing of batches and padding.
            ["Cache:Enabled"] = "false",
        };
        Host = new ModelServerHost(_models.Path, settings);
    }

    public ModelServerHost Host { get; }

    public static JsonElement[] Expected(string name)
    {
        using var file = File.OpenRead(Path.Combine(Root, name, "1", "expected.json"));
        return [.. JsonDocument.Parse(file).RootElement.EnumerateArray()];
    }

    public static JsonElement[] ExpectedOfPrompts()
    {
        using var file = File.OpenRead(Path.Combine(Root, "prompted", "expected.json"));
        return [.. JsonDocument.Parse(file).RootElement.EnumerateArray()];
    }

    /// <summary>The graph of tiny-embedding with the modules behind the pooling.</summary>
    internal static string Heads(TemporaryModels models)
    {
        var folder = models.CopySmall("tiny-embedding", "heads");
        Overlay("heads", folder);
        return folder;
    }

    internal static void Overlay(string name, string target)
    {
        var source = Path.Combine(Root, name, "1");
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    public async Task<HttpResponseMessage> SendAsync(string route, object body)
        => await (await Host.CreateReadyClientAsync()).PostAsync(route, new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"));

    public async Task<JsonElement> PostAsync(string route, object body)
    {
        using var response = await SendAsync(route, body);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, answer);
        return JsonDocument.Parse(answer).RootElement;
    }

    /// <summary>The field that a refused request names.</summary>
    public async Task<string?> RefusedFieldAsync(string route, object body)
    {
        using var response = await SendAsync(route, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString();
    }

    public void Dispose()
    {
        Host.Dispose();
        _models.Dispose();
    }

    private string Copy(string fixture, string name)
    {
        var folder = Path.Combine(_models.Path, name, "1");
        Overlay(fixture, folder);
        return folder;
    }
}
