using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Generation;
using ModelServer.Models;
using ModelServer.Tests.Decoders;
using ModelServer.Tests.Models;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Generation;

public sealed class GenerationModelTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Load_Decoder_IsReadyWithItsWindowAndGenerates()
    {
        _models.CopySmall("tiny-decoder-shared", "stories");
        await using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Generate:MaxTokens"] = "48" });
        var client = await host.CreateReadyClientAsync();

        var list = await client.GetFromJsonAsync<JsonElement>("/v1/models");
        var version = list.GetProperty("data")[0].GetProperty("versions")[0];
        Assert.Equal("ready", version.GetProperty("state").GetString());
        Assert.Equal("text-generation", version.GetProperty("task").GetString());
        Assert.Equal(48, version.GetProperty("max_tokens").GetInt32());

        using var lease = host.Services.GetRequiredService<ModelCatalog>().Acquire<DecoderModel>("stories", GenerationTask.Id, new ClaimsPrincipal());
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder-shared")[2];
        Assert.Equal(ids, await TinyDecoder.IdsAsync(lease.Loaded.Decoder.Start(TinyDecoder.Greedy(prompt, ids.Length))));
    }

    [Fact]
    public async Task Load_GoldenContinuations_AreCompared()
    {
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder")[1];
        var tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-decoder"));
        var text = tokenizer.Decode(prompt, skipSpecialTokens: true);
        var continuation = tokenizer.Decode([.. prompt, .. ids[..6]], skipSpecialTokens: true)[text.Length..];
        Serving("right", text, continuation);
        Serving("wrong", text, continuation + " river river");
        Serving("long", string.Join(' ', Enumerable.Repeat(text, 40)), continuation);
        await using var host = new ModelServerHost(_models.Path);
        await host.CreateReadyClientAsync();

        var versions = host.Services.GetRequiredService<ModelCatalog>().Versions.ToDictionary(v => v.Name);
        Assert.Null(versions["right"].Reason);
        Assert.Contains("golden case 0", versions["wrong"].Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("window", versions["long"].Reason, StringComparison.Ordinal);

        void Serving(string name, string text, string expected) => File.WriteAllText(
            Path.Combine(_models.CopySmall("tiny-decoder", name), "serving.json"),
            JsonSerializer.Serialize(new { golden = new[] { new { text, continuation = expected } } }));
    }

    [Fact]
    public async Task Load_CacheLargerThanTheMemory_IsRefused()
    {
        _models.CopySmall("tiny-decoder", "stories");
        await using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Models:MemoryLimitBytes"] = "1000000" });
        await host.CreateReadyClientAsync();

        Assert.Contains("MiB", host.Services.GetRequiredService<ModelCatalog>().Versions[0].Reason, StringComparison.Ordinal);
    }
}
