using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Tests.OpenAI;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary>The instruments of the OpenTelemetry GenAI conventions, as a collector of theirs finds them.</summary>
public sealed class GenAiMetricsTests : IDisposable
{
    private readonly TextModels _models = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _records = new();

    public GenAiMetricsTests()
    {
        var meters = _models.Host.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != meters || !instrument.Name.StartsWith("gen_ai.", StringComparison.Ordinal)) return;
            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _records.Enqueue((instrument.Name, value, Tags(tags))));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _records.Enqueue((instrument.Name, value, Tags(tags))));
        _listener.Start();
    }

    [Fact]
    public async Task Instruments_HaveTheUnitsAndBucketsOfTheConventions()
    {
        await _models.PostAsync("/v1/completions", new { prompt = "the old man", max_tokens = 4 });

        Assert.Equal("s", Instrument<double>("gen_ai.server.time_to_first_token", first: 0.001, last: 10));
        Assert.Equal("s", Instrument<double>("gen_ai.server.time_per_output_token", first: 0.01, last: 2.5));
        Assert.Equal("s", Instrument<double>("gen_ai.server.request.duration", first: 0.01, last: 81.92));
        Assert.Equal("{token}", Instrument<long>("gen_ai.client.token.usage", first: 1, last: 67_108_864));
    }

    [Theory]
    [InlineData("/v1/completions", "text_completion", """{"prompt":[5,6,7],"max_tokens":4,"n":2,"ignore_eos":true}""", 3, 8)]
    [InlineData("/v1/completions", "text_completion", """{"prompt":[5,6,7],"max_tokens":4,"ignore_eos":true,"stream":true}""", 3, 4)]
    [InlineData("/v1/chat/completions", "chat", """{"messages":[{"role":"user","content":"the old man"}],"max_tokens":6,"ignore_eos":true}""", 5, 6)]
    [InlineData("/v1/generate", "text_completion", """{"text":"the old man","max_length":5,"ignore_eos":true}""", 5, 5)]
    public async Task Usage_OfARequest_IsItsTokens(string route, string operation, string body, int read, int written)
    {
        using var response = await _models.SendAsync(route, System.Text.Json.JsonDocument.Parse(body).RootElement);
        await response.Content.ReadAsStringAsync();

        // A stream is counted after its last byte.
        var input = await UsageAsync("input");
        Assert.Equal(read, input.Value);
        Assert.Equal(written, (await UsageAsync("output")).Value);
        Assert.Equal((operation, "plain:1", "modelserver"), (input.Tags["gen_ai.operation.name"], input.Tags["gen_ai.request.model"], input.Tags["gen_ai.provider.name"]));
        Assert.All(_records, r => Assert.Equal(operation, r.Tags["gen_ai.operation.name"]));
    }

    [Fact]
    public async Task Duration_OfARequestThatAStopStringEnds_IsRecorded()
    {
        await _models.PostAsync("/v1/completions", new { prompt = "the old man", max_tokens = 40, temperature = 0, ignore_eos = true, stop = new[] { "e", "a", "o", "n" } });

        var (_, seconds, tags) = Assert.Single(_records, r => r.Name == "gen_ai.server.request.duration");
        Assert.InRange(seconds, 0, 60);
        Assert.DoesNotContain("error.type", tags);
        Assert.Single(_records, r => r.Name == "gen_ai.server.time_to_first_token");
    }

    [Fact]
    public async Task Usage_OfARefusedRequest_IsNotRecorded()
    {
        using (await _models.SendAsync("/v1/completions", new { prompt = "the old man", max_tokens = 500 })) { }

        Assert.DoesNotContain(_records, r => r.Name == "gen_ai.client.token.usage");
    }

    public void Dispose()
    {
        _listener.Dispose();
        _models.Dispose();
    }

    private string? Instrument<T>(string name, T first, T last)
        where T : struct
    {
        var histogram = Assert.IsType<Histogram<T>>(_instruments[name]);
        var boundaries = histogram.Advice!.HistogramBucketBoundaries!;
        Assert.Equal((first, last), (boundaries[0], boundaries[^1]));
        return histogram.Unit;
    }

    private async Task<(double Value, Dictionary<string, object?> Tags)> UsageAsync(string kind)
    {
        await Eventually.HoldsAsync(() => Usage().Any());
        var (_, value, tags) = Assert.Single(Usage());
        return (value, tags);

        IEnumerable<(string Name, double Value, Dictionary<string, object?> Tags)> Usage()
            => _records.Where(r => r.Name == "gen_ai.client.token.usage" && kind.Equals(r.Tags["gen_ai.token.type"]));
    }

    private static Dictionary<string, object?> Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new([.. tags]);
}
