using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Administration;

/// <summary>What clients are told of models that cannot be served: what <c>/v1/models</c> says.</summary>
public sealed class FailedModelsTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("cut/1/model.onnx", "cut", "model.onnx ends before")]
    [InlineData("flat/config.json", "flat", "move them to flat/1/")]
    [InlineData("dotted/v1/config.json", "dotted:v1", "Rename dotted/v1 to dotted/1.")]
    [InlineData("org/name/config.json", "org/name", "one folder too deep")]
    public async Task Request_ModelThatFailed_IsToldTheReason(string file, string model, string reason)
    {
        if (file.EndsWith(".onnx", StringComparison.Ordinal)) Cut(_models.CopySentiment("cut", "1"));
        else _models.Write(file, "{}");
        await using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        using var response = await client.PostAsJsonAsync("/v1/classify", new { model, input = "great" });

        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("model_not_ready", error.GetProperty("code").GetString());
        var message = error.GetProperty("message").GetString()!;
        Assert.Contains("is not ready: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain(_models.Path, message, StringComparison.Ordinal);
        var listed = (await client.GetFromJsonAsync<JsonElement>("/v1/models")).GetProperty("data")[0].GetProperty("versions")[0];
        Assert.Equal("error", listed.GetProperty("state").GetString());
        Assert.EndsWith(listed.GetProperty("reason").GetString()!, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ModelMovedToItsPlace_TakesThePlaceOfItsError()
    {
        _models.CopySentiment("flat", "1");
        Directory.Move(Path.Combine(_models.Path, "flat", "1"), Path.Combine(_models.Path, "moved"));
        Directory.Delete(Path.Combine(_models.Path, "flat"));
        Directory.Move(Path.Combine(_models.Path, "moved"), Path.Combine(_models.Path, "flat"));
        var rollouts = new TestRollouts();
        await using var host = new ModelServerHost(_models.Path, rollouts: rollouts);
        var client = await host.CreateReadyClientAsync();
        var first = rollouts.Load("flat", "1").Revision;
        Assert.Contains("flat/1/", await ReasonAsync(first, "error"), StringComparison.Ordinal);

        Directory.Move(Path.Combine(_models.Path, "flat"), Path.Combine(_models.Path, "moved"));
        Directory.CreateDirectory(Path.Combine(_models.Path, "flat"));
        Directory.Move(Path.Combine(_models.Path, "moved"), Path.Combine(_models.Path, "flat", "1"));
        var second = rollouts.Load("flat", "1").Revision;

        Assert.Null(await ReasonAsync(second, "ready"));
        Assert.Single((await client.GetFromJsonAsync<JsonElement>("/v1/models/flat")).GetProperty("versions").EnumerateArray());

        async Task<string?> ReasonAsync(long order, string state)
        {
            JsonElement version = default;
            await Eventually.HoldsAsync(async () =>
            {
                // Not healthy: nothing is ready at first.
                using var health = await client.GetAsync("/health");
                version = Assert.Single((await health.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("versions").EnumerateArray(), v => v.GetProperty("version").GetString() == "1");
                return version.GetProperty("order").GetInt64() == order && version.GetProperty("state").GetString() == state;
            });
            return version.GetProperty("reason").GetString();
        }
    }

    private static void Cut(string folder)
    {
        var graph = Path.Combine(folder, "model.onnx");
        using var file = File.OpenWrite(graph);
        file.SetLength(file.Length / 2);
    }
}
