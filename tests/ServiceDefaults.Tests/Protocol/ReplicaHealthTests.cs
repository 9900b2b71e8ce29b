using System.Text;
using System.Text.Json;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Tests.Protocol;

public sealed class ReplicaHealthTests
{
    private static readonly ReplicaHealth Full = new(
        ReplicaHealth.Healthy, true, true, new(200, 20, 3000), new(ReplicaLoad.Ready, 12, 3, 0.25, ["news:1"]),
        new(
            [new("news", "model", 100, "organization", "text-classification", "1", [
                new("1", ModelVersionDescription.Ready, null, "text-classification", "fp32", 128, ["Politik – 政治"], ["Pools by the mean."]),
                new("2", ModelVersionDescription.Error, "There is no tokenizer.", null, null, null, null)])],
            ["text-classification"]));

    [Fact]
    public void Health_WrittenAndRead_IsTheSame()
    {
        var read = Read(Write(Full));

        Assert.Equal(Full with { Load = null, Models = null }, read with { Load = null, Models = null });
        Assert.Equal(Write(Full), Write(read));
    }

    [Fact]
    public void Health_Written_LooksAsItAlwaysDid() => Assert.Equal(
        """
        {"status":"healthy","model_loaded":true,"gpu_available":true,"memory_usage":{"process_bytes":200,"managed_bytes":20,"gpu_bytes":3000},
        "load":{"state":"ready","queued_tokens":12,"in_flight":3,"kv_use":0.25,"models":["news:1"]},
        "models":{"data":[{"id":"news","object":"model","created":100,"owned_by":"organization","task":"text-classification","active_version":"1",
        "versions":[{"version":"1","state":"ready","reason":null,"task":"text-classification","variant":"fp32","max_tokens":128,"labels":["Politik – 政治"],"warnings":["Pools by the mean."]},
        {"version":"2","state":"error","reason":"There is no tokenizer.","task":null,"variant":null,"max_tokens":null,"labels":null,"warnings":null}]}],
        "default_tasks":["text-classification"]}}
        """.ReplaceLineEndings(""),
        Write(Full));

    [Fact]
    public void Health_WithCounters_WrittenAndRead_IsTheSame()
    {
        var counted = Full with { Counters = new(9, 4, 8, 100, 50, 3, 6, 0.25) };

        Assert.Equal(counted.Counters, Read(Write(counted)).Counters);
        Assert.EndsWith("""
            "counters":{"requests":9,"batches":4,"batch_sequences":8,"tokens_in":100,"tokens_out":50,"cache_hits":3,"cache_misses":6,"queue_seconds":0.25}}
            """, Write(counted), StringComparison.Ordinal);
        Assert.Null(Read("""{"counters":null}""").Counters);
    }

    [Fact]
    public void Health_ToldToAnyone_HasNoModels()
        => Assert.EndsWith("""
            "load":{"state":"draining","queued_tokens":0,"in_flight":0,"kv_use":0,"models":null},"models":null}
            """, Write(new(ReplicaHealth.Draining, false, false, new(1, 1, null), new(ReplicaLoad.Draining, 0, 0, 0, null))), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"status":null,"memory_usage":null,"load":null,"models":null}""")]
    [InlineData("""{"STATUS":"healthy","unknown":[{}]}""")]
    public void Health_OfAProcessThatSaysNothing_IsReadAsNothing(string json)
        => Assert.Equal(new ReplicaHealth(null, false, false, null), Read(json));

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"status":7}""")]
    [InlineData("""{"load":{"queued_tokens":1e99}}""")]
    [InlineData("""{"models":{"data":{}}}""")]
    [InlineData("""{"status":"healthy""")]
    public void Health_OfAnotherShape_IsRefused(string json) => Assert.Throws<JsonException>(() => Read(json));

    private static string Write(ReplicaHealth health) => JsonSerializer.Serialize(health, ReplicaHealthJson.Readable.ReplicaHealth);

    private static ReplicaHealth Read(string json) => JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), ReplicaHealthJson.Readable.ReplicaHealth)!;
}
