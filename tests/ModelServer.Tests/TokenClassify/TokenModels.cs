using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.TokenClassify;

/// <summary>A model server with the models that <c>fixtures/make_token_models.py</c> makes, and copies that take less.</summary>
public sealed class TokenModels : IDisposable
{
    /// <summary>Tokens of a text that a window of <c>short</c> has room for, and those that two share.</summary>
    public const int Room = 24, Overlap = 6;

    private static readonly string Root = Path.GetFullPath(Path.Combine(SmallModels.Root, "..", "token-models"));
    private readonly TemporaryModels _models = new();

    public TokenModels()
    {
        foreach (var name in new[] { "tiny-tokens", "tiny-mask" }) _models.CopySmall(name, name);
        foreach (var name in new[] { "letters", "letters-mask", "words" }) _models.Copy(Folder(name), name);
        File.WriteAllText(Path.Combine(_models.Copy(Folder("words"), "short"), "serving.json"), $$"""{"maxTokens":{{Room + 2}}}""");
        Host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Models:Defaults:token-classification"] = "tiny-tokens", ["FillMask:MaxAnswerTokens"] = "20000" });
    }

    public ModelServerHost Host { get; }

    public static string Folder(string name) => Path.Combine(Root, name, "1");

    public static JsonElement[] Expected(string name)
    {
        using var file = File.OpenRead(Path.Combine(Folder(name), "expected.json"));
        return [.. JsonDocument.Parse(file).RootElement.EnumerateArray()];
    }

    public async Task<JsonElement> AskAsync(string route, object request)
    {
        using var response = await PostAsync(route, JsonSerializer.Serialize(request));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        return JsonDocument.Parse(body).RootElement;
    }

    public async Task<HttpResponseMessage> PostAsync(string route, string body)
        => await (await Host.CreateReadyClientAsync()).PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"));

    public async Task<JsonElement> RefusedAsync(string route, string body)
    {
        using var response = await PostAsync(route, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
    }

    public void Dispose()
    {
        Host.Dispose();
        _models.Dispose();
    }
}
