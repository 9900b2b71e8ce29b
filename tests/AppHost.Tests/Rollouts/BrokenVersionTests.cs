using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Rollouts;

/// <summary>Versions that must not come to serve, or not for long. One cluster, since each leaves version 1 active.</summary>
public class BrokenVersionTests(ITestOutputHelper output)
{
    [NeedsFact(Need.Linux)]
    public async Task BrokenVersions_NeverServe_OrAreRolledBackByThemselves_WithTheReason()
    {
        Dictionary<string, string> settings = new()
        {
            ["RolloutPolicy__Probation"] = "00:10:00",
            ["Cache__Memory__Enabled"] = "false",
            ["Models__MemoryLimitBytes"] = $"{8L << 30}",
        };
        await using var cluster = await RolloutCluster.StartAsync(await EmbeddedGarnet.StartAsync(), settings: settings);
        cluster.AddVersion("2", folder => Truncate(Path.Combine(folder, "model_int8.onnx")));
        cluster.AddVersion("3", folder => Swap(Path.Combine(folder, "tokenizer.json")));
        cluster.AddVersion("4", folder => File.WriteAllText(Path.Combine(folder, "serving.json"), """{ "variant": "int8", "golden": [ { "text": "I don't like it.", "label": "positive", "score": 0.99 } ] }"""));
        cluster.AddVersion("5", folder => Grow(Path.Combine(folder, "model_int8.onnx"), 64L << 30));
        cluster.AddVersion("6", folder => AddUnknownWord(Path.Combine(folder, "tokenizer.json")));
        cluster.AddVersion("7", folder => RepeatedGraph.Write(Path.Combine(folder, "model_int8.onnx"), times: 4));
        await cluster.UntilAsync(card => Enumerable.Range(2, 6).All(v => RolloutCluster.StateOf(card, $"{v}") is not null), what: "offered");
        await using var load = new RolloutLoad(cluster, 8, (client, n) => $"Film {client} of night {n} was {(n % 10 == 0 ? "zzqx" : "fine")} and beautifully acted.");

        // 1. What cannot be loaded: refused before anything is read, or failed with the reason.
        await FailsToLoadAsync("2");
        await FailsToLoadAsync("3");
        await FailsToLoadAsync("4", "golden");
        var (status, body) = await cluster.PostAsync("versions/5/load");
        Assert.Equal(HttpStatusCode.InsufficientStorage, status);
        Assert.Contains("does not fit into the memory", body.GetProperty("detail").GetString());

        // 2. What fails while it serves: one of ten, or several times as slow in the engine.
        await IsRolledBackAsync("6");
        await IsRolledBackAsync("7");

        await load.StopAsync();
        Assert.DoesNotContain(load.Answers, a => a.Status == 200 && a.Version is "2" or "3" or "4" or "5");
        // The failures of version 6 are all there are.
        Assert.All(load.Answers.Where(a => a.Status != 200), a => Assert.Equal(500, a.Status));
        output.WriteLine($"{load.Answers.Length} requests, {load.Answers.Count(a => a.Status != 200)} failed");

        async Task FailsToLoadAsync(string version, string? reason = null)
        {
            var card = await cluster.DoAsync($"versions/{version}/activate", null, c => RolloutCluster.Last(c).What == $"failed {version}");
            Assert.Equal(("1", (string?)null), (RolloutCluster.Active(card), RolloutCluster.Stage(card)));
            Assert.Contains(reason ?? "", RolloutCluster.Last(card).Reason, StringComparison.OrdinalIgnoreCase);
            output.WriteLine(RolloutCluster.Last(card).Reason);
        }

        async Task IsRolledBackAsync(string version)
        {
            var card = await cluster.DoAsync($"versions/{version}/activate", null, c => RolloutCluster.Last(c).What == $"automatic_rollback {version}");
            Assert.Equal("1", RolloutCluster.Active(card));
            Assert.False(string.IsNullOrEmpty(RolloutCluster.Last(card).Reason));
            // The log is written behind the document.
            await Eventually.HoldsAsync(() => cluster.Gateways.Any(g => g.Output.Contains(RolloutCluster.Last(card).Reason!, StringComparison.Ordinal)));
            output.WriteLine(RolloutCluster.Last(card).Reason);
        }
    }

    private static void Truncate(string file)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength(stream.Length / 2);
    }

    /// <summary>A tokenizer whose ids mean other words: the shipped golden cases find it.</summary>
    private static void Swap(string file)
    {
        Edit(file, tokenizer =>
        {
            var vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
            var words = vocabulary.Where(w => !w.Key.StartsWith('[')).Select(w => w.Key).ToArray();
            for (var i = 0; i + 1 < words.Length; i += 2)
                (vocabulary[words[i]], vocabulary[words[i + 1]]) = ((JsonNode)(int)vocabulary[words[i + 1]]!, (JsonNode)(int)vocabulary[words[i]]!);
        });
        var folder = Path.GetDirectoryName(file)!;
        var shipped = JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryPaths.Models, "sentiment", "1", "serving.json")))!;
        shipped["variant"] = "int8";
        File.WriteAllText(Path.Combine(folder, "serving.json"), shipped.ToJsonString());
    }

    /// <summary>A file with a hole: its length is what counts before it is read.</summary>
    private static void Grow(string file, long length)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength(length);
    }

    /// <summary>A word whose id the graph has no row for: each text with it fails in the engine.</summary>
    private static void AddUnknownWord(string file) => Edit(file, tokenizer =>
    {
        var vocabulary = tokenizer["model"]!["vocab"]!.AsObject();
        vocabulary["zzqx"] = vocabulary.Max(w => (int)w.Value!) + 1;
    });

    private static void Edit(string file, Action<JsonNode> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        edit(json);
        File.WriteAllText(file, json.ToJsonString(new JsonSerializerOptions()));
    }
}
