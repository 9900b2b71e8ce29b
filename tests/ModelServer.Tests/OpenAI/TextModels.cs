using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelServer.Tests.Decoders;
using ModelServer.Tests.Models;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.OpenAI;

/// <summary>A model server with the small decoder under several names: <c>plain</c> takes conversations as their texts, <c>chatml</c> as ChatML, <c>mute</c> not at all.</summary>
public sealed class TextModels : IDisposable
{
    private static readonly HuggingFaceTokenizer Tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-decoder"));
    private readonly TemporaryModels _models = new();

    public TextModels() : this(null, null)
    {
    }

    internal TextModels(TimeProvider? time, IReadOnlyDictionary<string, string?>? settings)
    {
        foreach (var (name, template) in new[] { ("plain", "none"), ("chatml", "chatml") })
            File.WriteAllText(Path.Combine(_models.CopySmall("tiny-decoder", name), "serving.json"), $$"""{"chatTemplate":"{{template}}"}""");
        _models.CopySmall("tiny-decoder", "mute");
        _models.CopySmall("tiny-embedding", "tiny-embedding");
        Host = new ModelServerHost(_models.Path, new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>()) { ["Models:Defaults:text-generation"] = "plain" }, time);
    }

    public ModelServerHost Host { get; }

    /// <summary>A prompt and the text that numpy's greedy continuation of it stands for, end tokens left aside.</summary>
    internal static (int[] Prompt, int[] Ids, string Text) Reference(int number)
    {
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder")[number];
        return (prompt, ids, Text(ids));
    }

    internal static string Text(int[] ids) => Tokenizer.Decode(ids, skipSpecialTokens: true);

    /// <summary>An answer that must be 200.</summary>
    internal async Task<JsonElement> PostAsync(string route, object body)
    {
        using var response = await SendAsync(route, body);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        return answer;
    }

    internal async Task<HttpResponseMessage> SendAsync(string route, object body)
    {
        var client = await Host.CreateReadyClientAsync();
        return await client.PostAsync(route, new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"));
    }

    /// <summary>Everything of a stream that must end well.</summary>
    internal async Task<JsonElement[]> StreamAsync(string route, object body)
    {
        var node = JsonSerializer.SerializeToNode(body)!.AsObject();
        node["stream"] = true;
        using var response = await SendAsync(route, node);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoCache);
        var events = new EventReader(await response.Content.ReadAsStreamAsync());
        var data = await events.ReadToEndAsync();
        Assert.Equal("[DONE]", data[^1]);
        return [.. data.SkipLast(1).Select(d => JsonSerializer.Deserialize<JsonElement>(d))];
    }

    public void Dispose()
    {
        Host.Dispose();
        _models.Dispose();
    }
}
