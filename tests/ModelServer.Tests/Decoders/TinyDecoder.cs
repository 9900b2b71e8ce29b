using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Decoders;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary>A generator of one of the small decoders that <c>fixtures/make_decoders.py</c> makes, in the real engine, and what it counts.</summary>
internal sealed class TinyDecoder : IDisposable
{
    public const int Window = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<ExecutionDevice> Cpu = new(() => new ExecutionDevice(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, (long Total, long Records)> _counts = [];

    private TinyDecoder(string graph, DecoderOptions options, int window, GenAiConfig? told = null, TimeProvider? time = null)
    {
        // Found once: this is called for every instrument of the process, also while this is being disposed, on threads that have nothing to do with it.
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Count(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Count(instrument, value));
        _listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => Count(instrument, 0));
        _listener.Start();
        var metrics = new DecoderMetrics(meters, new());
        var memory = new LoadMemory(limitBytes: null);
        var factory = new DecoderFactory(
            Cpu, Options.Create(options), Options.Create(new InferenceOptions()), memory, metrics, time ?? TimeProvider.System, NullLogger<DecoderFactory>.Instance);
        Decoder = factory.Load("tiny:1", graph, window, told);
    }

    public Decoder Decoder { get; }

    /// <summary>The sum of what one of its instruments was told.</summary>
    public long Total(string instrument) => Of(instrument).Total;

    /// <summary>How often one of its instruments was told something.</summary>
    public long Records(string instrument) => Of(instrument).Records;

    public static TinyDecoder Load(string name, DecoderOptions? options = null) => new(Directory.GetFiles(SmallModels.Folder(name), "*.onnx").Single(), options ?? new(), Window);

    public static TinyDecoder LoadGraph(string path, int window = Window, DecoderOptions? options = null, GenAiConfig? told = null, TimeProvider? time = null)
        => new(path, options ?? new(), window, told, time);

    /// <summary>A decoder of one layer without attention.</summary>
    public static TinyDecoder LoadForm(string name) => LoadGraph(Path.GetFullPath(Path.Combine(SmallModels.Folder(""), "..", "..", "decoders", $"{name}.onnx")));

    /// <summary>Prompts and their greedy continuations, as numpy has them.</summary>
    public static (int[] Prompt, int[] Ids)[] Expected(string name)
        => [.. SmallModels.Expected(name).Select(e => (Ints(e.GetProperty("prompt")), Ints(e.GetProperty("ids"))))];

    public static DecoderRequest Greedy(int[] prompt, int maxTokens, string client = "") => new(prompt, maxTokens, new SamplingOptions { Temperature = 0 }, new QueueLane(client));

    /// <summary>All tokens that it still gives.</summary>
    public static async Task<List<GeneratedToken>> ReadAsync(DecoderSequence generation)
    {
        using var limit = new CancellationTokenSource(Patience);
        var tokens = new List<GeneratedToken>();
        await foreach (var token in generation.Tokens.ReadAllAsync(limit.Token)) tokens.Add(token);
        return tokens;
    }

    public static async Task<int[]> IdsAsync(DecoderSequence generation) => [.. (await ReadAsync(generation)).Select(t => t.Token!.Value.Id)];

    /// <summary>Waits until every row is free again.</summary>
    public Task IdleAsync() => Eventually.HoldsAsync(() => Decoder is { PendingTokens: 0, Active: 0 });

    public void Dispose()
    {
        Decoder.Dispose();
        _listener.Dispose();
        _services.Dispose();
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];

    private (long Total, long Records) Of(string instrument)
    {
        lock (_counts) return _counts.GetValueOrDefault(instrument);
    }

    private void Count(Instrument instrument, long value)
    {
        lock (_counts)
        {
            var (total, records) = _counts.GetValueOrDefault(instrument.Name);
            _counts[instrument.Name] = (total + value, records + 1);
        }
    }
}
