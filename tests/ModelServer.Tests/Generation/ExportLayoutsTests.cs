using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;
using ModelServer.Tests.OpenAI;

namespace ModelServer.Tests.Generation;

/// <summary>Folders as several exporters lay them out, served whole: through the catalog, the tokenizer and the routes.</summary>
public sealed class ExportLayoutsTests : IDisposable
{
    private static readonly string Layouts = Path.GetFullPath(Path.Combine(SmallModels.Root, "..", "layouts"));
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("merged", "onnx/decoder_model_merged.onnx", "fp32")]
    [InlineData("merged-counting", "decoder_model_merged.onnx", "fp32")]
    [InlineData("stacked", "model.onnx", "fp32")]
    [InlineData("named", "onnx/model_q4.onnx", "q4")]
    [InlineData("merged", "onnx/decoder_model_merged_quantized.onnx", "quantized")]
    public async Task Completions_FolderOfAnExport_AreTheReferenceAndTheVariantIsSaid(string layout, string file, string variant)
    {
        Copy(layout, file, keepConfig: true);
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        await AssertReferenceAsync(client);

        var version = (await client.GetFromJsonAsync<JsonElement>("/v1/models/m")).GetProperty("versions")[0];
        Assert.Equal(variant, version.GetProperty("variant").GetString());
        var warnings = version.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!).ToArray();
        Assert.Equal(variant != "fp32", warnings.Any(w => w.Contains($"(variant {variant})", StringComparison.Ordinal)));
        Assert.Equal(layout is "merged-counting" or "stacked", warnings.Any(w => w.Contains("share no runs", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Completions_ModelBuildersFolder_NeedsNoConfigJson()
    {
        Copy("told", "llama-int4.onnx", keepConfig: false);
        _models.Write("m/1/genai_config.json", """
            {
              "model": {
                "type": "llama", "bos_token_id": 2, "eos_token_id": [3, 4], "pad_token_id": 0, "context_length": 64, "vocab_size": 143,
                "decoder": {
                  "session_options": { "provider_options": [] }, "filename": "llama-int4.onnx", "head_size": 16, "num_key_value_heads": 1, "num_hidden_layers": 2,
                  "inputs": { "input_ids": "tokens", "past_key_names": "k_%d", "past_value_names": "v_%d" },
                  "outputs": { "logits": "scores", "present_key_names": "new_k_%d", "present_value_names": "new_v_%d" }
                }
              },
              "search": { "do_sample": true, "temperature": 0.6, "max_length": 64 }
            }
            """);
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        await AssertReferenceAsync(client);

        var model = await client.GetFromJsonAsync<JsonElement>("/v1/models/m");
        Assert.Equal("text-generation", model.GetProperty("task").GetString());
        Assert.Equal(64, model.GetProperty("versions")[0].GetProperty("max_tokens").GetInt32());
        using var tooLong = await client.PostAsJsonAsync("/v1/completions", new { prompt = Enumerable.Repeat(7, 60), max_tokens = 5 });
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
    }

    [Theory]
    [InlineData("model_fp16.onnx", "fp16")]
    [InlineData("model_quantized.onnx", "quantized")]
    [InlineData("model_bnb4.onnx", "bnb4")]
    public async Task Embeddings_EncoderOfOneVariant_IsServed(string file, string variant)
    {
        var folder = _models.CopySmall("tiny-sentence", "m");
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        File.Move(Path.Combine(folder, "model.onnx"), Path.Combine(folder, "onnx", file));
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        var expected = SmallModels.Expected("tiny-sentence")[0];

        using var answer = await client.PostAsJsonAsync("/v1/embeddings", new { input = expected.GetProperty("text").GetString() });

        answer.EnsureSuccessStatusCode();
        var vector = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data")[0].Floats("embedding");
        JsonReading.AssertClose(expected.Floats("cls"), vector, 1e-4);
        Assert.Equal(variant, (await client.GetFromJsonAsync<JsonElement>("/v1/models/m")).GetProperty("versions")[0].GetProperty("variant").GetString());
    }

    private static async Task AssertReferenceAsync(HttpClient client)
    {
        var cases = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Layouts, "expected.json"))).RootElement.EnumerateArray()
            .Select(c => (Prompt: Ints(c.GetProperty("prompt")), Ids: Ints(c.GetProperty("ids")))).ToArray();
        var texts = await Task.WhenAll(cases.Select(c => ContinueAsync(client, c.Prompt, c.Ids.Length)));
        Assert.Equal(cases.Select(c => TextModels.Text(c.Ids)), texts);
    }

    private static async Task<string> ContinueAsync(HttpClient client, int[] prompt, int tokens)
    {
        using var answer = await client.PostAsJsonAsync("/v1/completions", new { prompt, max_tokens = tokens, temperature = 0, ignore_eos = true });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices")[0].GetProperty("text").GetString()!;
    }

    /// <summary>A layout's graph under a file's name, its weights beside it, with the files of the small decoder.</summary>
    private void Copy(string layout, string file, bool keepConfig)
    {
        var folder = _models.CopySmall("tiny-decoder", "m");
        File.Delete(Path.Combine(folder, "model.onnx"));
        if (!keepConfig) File.Delete(Path.Combine(folder, "config.json"));
        var graph = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(graph)!);
        File.Copy(Path.Combine(Layouts, $"{layout}.onnx"), graph);
        File.Copy(Path.Combine(Layouts, "weights.bin"), Path.Combine(Path.GetDirectoryName(graph)!, "weights.bin"));
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}
