using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Encoders;

/// <summary>A graph whose activations have one scale for all that a run holds (DynamicQuantizeLinear): an answer depended on what else was in its batch.</summary>
public sealed class OneScaleEncoderTests : IDisposable
{
    private const string Text = "the cat";
    private static readonly string Graph = Find();
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Graph_RunBesideOthers_GivesOtherNumbers()
    {
        using var session = new EncoderSession(Graph, TinyEncoder.Cpu, [new OutputChoice(["last_hidden_state"], 3)], 0, RowReaders.Copy);
        using var buffers = session.CreateBuffers();
        using var alone = TinyEncoder.Batch(6);
        using var among = TinyEncoder.Batch(6, 9, 12);

        Assert.NotEqual(session.Run(alone, buffers)[0], session.Run(among, buffers)[0]);
    }

    [Fact]
    public async Task Embed_AmongOthers_IsBitForBitWhatItIsAlone()
    {
        File.Copy(Graph, Path.Combine(_models.CopySmall("tiny-embedding", "dynamic"), "model.onnx"), overwrite: true);
        await using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Cache:Enabled"] = "false" });
        var client = await host.CreateReadyClientAsync();
        string[] others = [.. Enumerable.Range(1, 20).Select(i => string.Join(' ', Enumerable.Repeat("good wine", i)))];

        var alone = await EmbedAsync(client, [Text]);
        var among = await EmbedAsync(client, [.. others, Text, .. others]);

        Assert.Equal(alone[0], among[20]);
        var version = (await client.GetFromJsonAsync<JsonElement>("/v1/models/dynamic")).GetProperty("versions")[0];
        Assert.Contains("DynamicQuantizeLinear", version.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    /// <summary>Ours is quantised row by row.</summary>
    [Theory]
    [InlineData("sentiment")]
    [InlineData("embedding")]
    public void HaveOneScaleForAll_ShippedModels_IsFalse(string name)
    {
        foreach (var graph in Directory.GetFiles(Path.Combine(RepositoryPaths.Models, name, "1"), "*.onnx", SearchOption.AllDirectories))
            Assert.False(GraphNodes.HaveOneScaleForAll(GraphNodes.Read(graph)));
    }

    private static async Task<string[]> EmbedAsync(HttpClient client, string[] input)
    {
        using var response = await client.PostAsJsonAsync("/v1/embeddings", new { input, encoding_format = "base64" });
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. body.GetProperty("data").EnumerateArray().Select(d => d.GetProperty("embedding").GetString()!)];
    }

    private static string Find([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "fixtures", "encoders", "one-scale", "model.onnx"));
}
