using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Generate;
using ModelServer.Models;
using ModelServer.Tests.Generate;

namespace ModelServer.Tests.OpenAI;

/// <summary>Streams while their generator stands still.</summary>
public sealed class CompletionStreamTests : IDisposable
{
    private const string Route = "/v1/completions";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Enough for the first token; each further one takes a look, and there are to be 60.</summary>
    private const int FirstLooks = 10;
    private readonly SteppedTime _time = new();
    private readonly TextModels _models;

    public CompletionStreamTests() => _models = new TextModels(_time, new Dictionary<string, string?> { ["OpenAI:Heartbeat"] = "00:00:10", ["Generate:Rows"] = "1" });

    [Fact]
    public async Task Stream_FirstToken_ArrivesBeforeTheNextOnesExist()
    {
        var (response, events, first) = await BeginAsync();

        using (response)
        {
            Assert.Equal(1, Leases);
            Assert.Null(JsonSerializer.Deserialize<JsonElement>(first).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
            _time.Release();
            Assert.Equal("[DONE]", (await events.ReadToEndAsync())[^1]);
        }
    }

    [Fact]
    public async Task Stream_ClientLeaves_EndsTheGeneration()
    {
        using var tokens = new TokenCount(_models.Host);
        var (response, _, _) = await BeginAsync();

        response.Dispose();

        // The engine still stands: the request has let go by itself.
        await WaitUntil(() => Leases == 0);
        _time.Release();
        // The only row is free again, long before the stream would have ended.
        await _models.PostAsync(Route, new { prompt = new[] { 16 }, max_tokens = 1 });
        Assert.InRange(tokens.Total, 2, FirstLooks + 2);
    }

    [Fact]
    public async Task Stream_DeadlinePassesUnderWay_IsAnErrorEventAndNotDone()
    {
        var (response, events, _) = await BeginAsync(deadline: "5000");

        using (response)
        {
            _time.Clock.Advance(TimeSpan.FromSeconds(6));
            var rest = await events.ReadToEndAsync();

            Assert.Equal("deadline_exceeded", JsonSerializer.Deserialize<JsonElement>(rest[^1]).GetProperty("error").GetProperty("code").GetString());
            Assert.Contains(events.Comments, c => c.StartsWith("usage prompt_tokens=1 completion_tokens=", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Stream_DeadlinePassesBeforeTheFirstToken_IsAnOrdinaryError()
    {
        // Another stream has the only row.
        var (busy, _, _) = await BeginAsync();
        var sending = SendAsync(await _models.Host.CreateReadyClientAsync(), deadline: "5000");
        await WaitUntil(() => Leases == 2);
        _time.Clock.Advance(TimeSpan.FromSeconds(6));

        using var response = await sending;

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("deadline_exceeded", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());
        busy.Dispose();
    }

    [Fact]
    public async Task Stream_NothingToTell_SendsComments()
    {
        var client = await _models.Host.CreateReadyClientAsync();
        _time.Hold(looks: 0);
        var sending = SendAsync(client);
        // The stream's timer may not be set yet when the clock moves first.
        while (!sending.IsCompleted)
        {
            _time.Clock.Advance(TimeSpan.FromSeconds(11));
            await Task.WhenAny(sending, Task.Delay(20));
        }

        using var response = await sending;
        var events = new EventReader(await response.Content.ReadAsStreamAsync());
        await events.NextCommentAsync();
        Assert.Equal(["waiting"], events.Comments);
        _time.Release();
        Assert.Equal("[DONE]", (await events.ReadToEndAsync())[^1]);
    }

    [Fact]
    public async Task Stream_ModelIsUnloaded_IsAnErrorEventAndNotDone()
    {
        var (response, events, _) = await BeginAsync();

        using (response)
        {
            var generator = _models.Host.Services.GetRequiredService<ModelCatalog>().Active("plain")!.Loaded!.Generator!;
            var ending = Task.Run(generator.Dispose);
            await WaitUntil(() => IsClosed(generator));
            _time.Release();
            var rest = await events.ReadToEndAsync();
            await ending;

            Assert.Equal("model_not_ready", JsonSerializer.Deserialize<JsonElement>(rest[^1]).GetProperty("error").GetProperty("code").GetString());
        }
    }

    public void Dispose()
    {
        _time.Dispose();
        _models.Dispose();
    }

    private int Leases => _models.Host.Services.GetRequiredService<ModelCatalog>().Active("plain")!.Leases;

    /// <summary>A stream whose first event has come and whose generator stands still.</summary>
    private async Task<(HttpResponseMessage Response, EventReader Events, string First)> BeginAsync(string? deadline = null)
    {
        var client = await _models.Host.CreateReadyClientAsync();
        _time.Hold(FirstLooks);
        var response = await SendAsync(client, deadline);
        Assert.True(response.IsSuccessStatusCode);
        var events = new EventReader(await response.Content.ReadAsStreamAsync());
        return (response, events, (await events.NextAsync())!);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string? deadline = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Route)
        {
            Content = JsonContent.Create(new { prompt = new[] { 16 }, max_tokens = 60, ignore_eos = true, temperature = 0, stream = true }),
        };
        if (deadline is not null) request.Headers.Add("x-deadline-ms", deadline);
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static bool IsClosed(Generator generator)
    {
        try
        {
            generator.Start(TinyDecoder.Greedy([16], 1)).Cancel();
            return false;
        }
        catch (ModelNotReadyException)
        {
            return true;
        }
    }

    private static async Task<bool> WaitUntil(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(10, limit.Token);
        return true;
    }

    /// <summary>Tokens that a host's generators make, wanted or not.</summary>
    private sealed class TokenCount : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _total;

        public TokenCount(ModelServerHost host)
        {
            var meters = host.Services.GetRequiredService<IMeterFactory>();
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name is ("generation.tokens" or "generation.wasted_tokens")) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _total, count));
            _listener.Start();
        }

        public long Total => Interlocked.Read(ref _total);

        public void Dispose() => _listener.Dispose();
    }
}
