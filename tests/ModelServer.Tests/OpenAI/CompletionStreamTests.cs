using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Admission;
using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.Models;
using ModelServer.Tests.Decoders;
using Testing;

namespace ModelServer.Tests.OpenAI;

/// <summary>Streams while their generator stands still.</summary>
public sealed class CompletionStreamTests : IDisposable
{
    private readonly HeldModels _held = new();

    [Fact]
    public async Task Stream_FirstToken_ArrivesBeforeTheNextOnesExist()
    {
        var (response, events, first) = await _held.BeginAsync();

        using (response)
        {
            Assert.Equal(1, _held.Leases);
            Assert.Null(JsonSerializer.Deserialize<JsonElement>(first).GetProperty("choices")[0].GetProperty("finish_reason").GetString());
            _held.Time.Release();
            Assert.Equal("[DONE]", (await events.ReadToEndAsync())[^1]);
        }
    }

    [Fact]
    public async Task Stream_ClientLeaves_EndsTheGeneration()
    {
        using var tokens = new TokenCount(_held.Models.Host);
        var (response, _, _) = await _held.BeginAsync();

        response.Dispose();

        // The engine still stands: the request has let go by itself.
        await Eventually.HoldsAsync(() => _held.Leases == 0);
        _held.Time.Release();
        // The only row is free again, long before the stream would have ended.
        await _held.Models.PostAsync(HeldModels.Route, new { prompt = new[] { 16 }, max_tokens = 1 });
        Assert.InRange(tokens.Total, 2, HeldModels.FirstLooks + 2);
    }

    [Fact]
    public async Task Stream_DeadlinePassesUnderWay_IsAnErrorEventAndNotDone()
    {
        var (response, events, _) = await _held.BeginAsync(deadline: "5000");

        using (response)
        {
            _held.Time.Clock.Advance(TimeSpan.FromSeconds(6));
            var rest = await events.ReadToEndAsync();

            Assert.Equal("deadline_exceeded", JsonSerializer.Deserialize<JsonElement>(rest[^1]).GetProperty("error").GetProperty("code").GetString());
            Assert.Contains(events.Comments, c => c.StartsWith("usage prompt_tokens=1 completion_tokens=", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Stream_DeadlinePassesBeforeTheFirstToken_IsAnOrdinaryError()
    {
        // Another stream has the only row.
        var (busy, _, _) = await _held.BeginAsync();
        var sending = _held.SendAsync(("x-deadline-ms", "5000"));
        await Eventually.HoldsAsync(() => _held.Leases == 2);
        _held.Time.Clock.Advance(TimeSpan.FromSeconds(6));

        using var response = await sending;

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("deadline_exceeded", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());
        busy.Dispose();
    }

    /// <summary>It was a comment, which openai-go took for an event without data.</summary>
    [Fact]
    public async Task Stream_NothingToTell_SendsEventsThatSayNothingNew()
    {
        await _held.Models.Host.CreateReadyClientAsync();
        _held.Time.Hold(looks: 0);
        var sending = _held.SendAsync();
        // The stream's timer may not be set yet when the clock moves first.
        await Eventually.HoldsAsync(() =>
        {
            _held.Time.Clock.Advance(TimeSpan.FromSeconds(11));
            return sending.IsCompleted;
        });

        using var response = await sending;
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync());
        var first = (await stream.ReadLineAsync())!;
        var choice = JsonSerializer.Deserialize<JsonElement>(first["data: ".Length..]).GetProperty("choices")[0];
        Assert.Equal(("", null), (choice.GetProperty("text").GetString(), choice.GetProperty("finish_reason").GetString()));
        _held.Time.Release();
        EventParsers.AssertAgree(first + "\n" + await stream.ReadToEndAsync());
    }

    [Fact]
    public async Task Stream_ModelIsUnloaded_IsAnErrorEventAndNotDone()
    {
        var (response, events, _) = await _held.BeginAsync();

        using (response)
        {
            var generator = Assert.IsType<DecoderModel>(_held.Models.Host.Services.GetRequiredService<ModelCatalog>().Active("plain")!.Loaded).Decoder;
            var ending = Task.Run(generator.Dispose);
            await Eventually.HoldsAsync(() => IsClosed(generator));
            _held.Time.Release();
            var rest = await events.ReadToEndAsync();
            await ending;

            Assert.Equal("model_not_ready", JsonSerializer.Deserialize<JsonElement>(rest[^1]).GetProperty("error").GetProperty("code").GetString());
        }
    }

    public void Dispose() => _held.Dispose();

    private static bool IsClosed(Decoder generator)
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
