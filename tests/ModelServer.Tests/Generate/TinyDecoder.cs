using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Generate;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Sampling;

namespace ModelServer.Tests.Generate;

/// <summary>A generator of one of the small decoders that <c>fixtures/make_decoders.py</c> makes, in the real engine, and what it counts.</summary>
internal sealed class TinyDecoder : IDisposable
{
    public const int Window = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly Lazy<ExecutionDevice> Cpu = new(() => new ExecutionDevice(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance));
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private long _wasted;
    private long _generated;
    private long _read;

    private TinyDecoder(string graph, GenerateOptions options, int window)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("generation.", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Count);
        _listener.Start();
        var metrics = new GenerationMetrics(_services.GetRequiredService<IMeterFactory>());
        var memory = new LoadMemory(Options.Create(new ModelsOptions()));
        var factory = new GeneratorFactory(
            Cpu, Options.Create(options), Options.Create(new InferenceOptions()), memory, metrics, TimeProvider.System, NullLogger<GeneratorFactory>.Instance);
        Generator = factory.Load("tiny:1", graph, window);
    }

    public Generator Generator { get; }

    /// <summary>Tokens that the engine generated for callers who had left.</summary>
    public long Wasted => Interlocked.Read(ref _wasted);

    public long Generated => Interlocked.Read(ref _generated);

    public long PromptTokensRead => Interlocked.Read(ref _read);

    public static TinyDecoder Load(string name, GenerateOptions? options = null) => new(Path.Combine(SmallModels.Folder(name), "model.onnx"), options ?? new(), Window);

    public static TinyDecoder LoadGraph(string path, int window = Window, GenerateOptions? options = null) => new(path, options ?? new(), window);

    /// <summary>A decoder of one layer without attention.</summary>
    public static TinyDecoder LoadForm(string name) => LoadGraph(Path.GetFullPath(Path.Combine(SmallModels.Folder(""), "..", "..", "decoders", $"{name}.onnx")));

    /// <summary>Prompts and their greedy continuations, as numpy has them.</summary>
    public static (int[] Prompt, int[] Ids)[] Expected(string name)
        => [.. SmallModels.Expected(name).Select(e => (Ints(e.GetProperty("prompt")), Ints(e.GetProperty("ids"))))];

    public static GenerationRequest Greedy(int[] prompt, int maxTokens, string client = "") => new(prompt, maxTokens, new SamplingOptions { Temperature = 0 }, new Caller(client));

    /// <summary>All tokens that it still gives.</summary>
    public static async Task<List<GeneratedToken>> ReadAsync(Generation generation)
    {
        using var limit = new CancellationTokenSource(Patience);
        var tokens = new List<GeneratedToken>();
        await foreach (var token in generation.Tokens.ReadAllAsync(limit.Token)) tokens.Add(token);
        return tokens;
    }

    public static async Task<int[]> IdsAsync(Generation generation) => [.. (await ReadAsync(generation)).Select(t => t.Token.Id)];

    /// <summary>Waits until every row is free again.</summary>
    public async Task IdleAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (Generator.PendingTokens > 0 || Generator.Active > 0) await Task.Delay(1, limit.Token);
    }

    public void Dispose()
    {
        Generator.Dispose();
        _listener.Dispose();
        _services.Dispose();
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];

    private void Count(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (instrument.Meter.Scope != _services.GetRequiredService<IMeterFactory>()) return;
        if (instrument.Name == "generation.wasted_tokens") Interlocked.Add(ref _wasted, value);
        if (instrument.Name == "generation.tokens") Interlocked.Add(ref _generated, value);
        if (instrument.Name == "generation.prompt_tokens") Interlocked.Add(ref _read, value);
    }
}
