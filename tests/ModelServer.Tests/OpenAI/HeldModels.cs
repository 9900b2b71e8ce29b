using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Generation;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.OpenAI;

/// <summary>A model server whose generators stand still when told; each has one row.</summary>
internal sealed class HeldModels : IDisposable
{
    public const string Route = "/v1/completions";

    /// <summary>Enough for some ten tokens, each of which takes four or five, and there are to be 60.</summary>
    public const int FirstLooks = 50;

    public HeldModels(IReadOnlyDictionary<string, string?>? settings = null) => Models = new TextModels(
        Time,
        new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>()) { ["OpenAI:Heartbeat"] = "00:00:10", ["Generate:Rows"] = "1" });

    public SteppedTime Time { get; } = new();

    public TextModels Models { get; }

    /// <summary>Requests that hold the model.</summary>
    public int Leases => Active.Leases;

    /// <summary>Sequences that wait for the row.</summary>
    public int Waiting => ((DecoderModel)Active.Loaded!).Decoder.Waiting;

    private ModelVersion Active => Models.Host.Services.GetRequiredService<ModelCatalog>().Active("plain")!;

    /// <summary>A stream whose first event has come and whose generator stands still.</summary>
    public async Task<(HttpResponseMessage Response, EventReader Events, string First)> BeginAsync(string? deadline = null)
    {
        await Models.Host.CreateReadyClientAsync();
        Time.Hold(FirstLooks);
        var response = await SendAsync(("x-deadline-ms", deadline));
        Assert.True(response.IsSuccessStatusCode);
        var events = new EventReader(await response.Content.ReadAsStreamAsync());
        return (response, events, (await events.NextAsync())!);
    }

    /// <summary>Asks for a stream of 60 tokens.</summary>
    public Task<HttpResponseMessage> SendAsync(params (string Name, string? Value)[] headers) => SendAsync(60, stream: true, "tester", headers);

    public async Task<HttpResponseMessage> SendAsync(int maxTokens, bool stream, string subject, params (string Name, string? Value)[] headers)
    {
        var client = await Models.Host.CreateReadyClientAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, Route)
        {
            Content = JsonContent.Create(new { prompt = new[] { 16 }, max_tokens = maxTokens, ignore_eos = true, temperature = 0, stream }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create(subject: subject));
        foreach (var (name, value) in headers.Where(h => h.Value is not null)) request.Headers.Add(name, value);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public void Dispose()
    {
        Time.Dispose();
        Models.Dispose();
    }
}
