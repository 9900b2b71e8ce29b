using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.Models;

/// <summary>Which of several generators answers a request that names none.</summary>
public sealed class ChatDefaultTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("/v1/chat/completions", "talks")]
    [InlineData("/v1/completions", "writes")]
    public async Task Request_WithoutModel_GoesToTheGeneratorThatSuitsIt(string route, string expected)
    {
        Copy("writes", "none");
        Copy("talks", "chatml");

        Assert.Equal(expected, (await PostAsync(route)).GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "none")]
    [InlineData("/v1/completions", "chatml")]
    public async Task Request_WithoutModel_GoesToTheOnlyGeneratorWhateverItSuits(string route, string template)
    {
        Copy("only", template);

        Assert.Equal("only", (await PostAsync(route)).GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", "chatml", 400)]
    [InlineData("/v1/completions", "chatml", 200)]
    [InlineData("/v1/chat/completions", "none", 200)]
    [InlineData("/v1/completions", "none", 400)]
    public async Task Request_WithoutModel_IsRefusedWhereTwoSuitIt(string route, string third, int status)
    {
        Copy("writes", "none");
        Copy("talks", "chatml");
        Copy("third", third);

        await PostAsync(route, status);
    }

    [Theory]
    [InlineData("chat", "talks", "writes")]
    [InlineData("text-generation", "talks", "talks")]
    public async Task Defaults_ForChat_LeaveOtherRequestsAlone(string task, string chat, string text)
    {
        Copy("writes", "none");
        Copy("talks", "chatml");
        Copy("speaks", "chatml");
        var settings = new Dictionary<string, string?> { [$"Models:Defaults:{task}"] = "talks" };

        Assert.Equal(chat, (await PostAsync("/v1/chat/completions", settings: settings)).GetProperty("model").GetString());
        Assert.Equal(text, (await PostAsync("/v1/completions", settings: settings)).GetProperty("model").GetString());
    }

    private void Copy(string name, string template)
        => File.WriteAllText(Path.Combine(_models.CopySmall("tiny-decoder", name), "serving.json"), JsonSerializer.Serialize(new { chatTemplate = template }));

    private async Task<JsonElement> PostAsync(string route, int status = 200, Dictionary<string, string?>? settings = null)
    {
        await using var host = new ModelServerHost(_models.Path, settings ?? []);
        var client = await host.CreateReadyClientAsync();
        object body = route.Contains("chat", StringComparison.Ordinal)
            ? new { messages = new[] { new { role = "user", content = "a river" } }, max_tokens = 2 }
            : new { prompt = "a river", max_tokens = 2 };
        using var response = await client.PostAsJsonAsync(route, body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(status == (int)response.StatusCode, answer.ToString());
        return answer;
    }
}
