using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Encoders;
using ModelServer.Runtime;
using Testing;

namespace ModelServer.Tests.Encoders;

/// <summary>A shipped encoder, opened with and without a session for runs that have the machine to themselves.</summary>
internal static class LoneParts
{
    public static string Sentiment { get; } = Path.Combine(RepositoryPaths.Models, "sentiment", "1", "model.onnx");

    public static ExecutionDevice OneThread { get; } = Device(1);

    /// <summary>Two threads, whatever measuring would say.</summary>
    public static ExecutionDevice TwoThreads { get; } = Device(2);

    /// <summary>The same on a machine of which another server has the other cores.</summary>
    public static ExecutionDevice Sharing { get; } = Device(2, cores: 1);

    public static ExecutionDevice Device(int? loneThreads, int cores = 0)
        => new(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu, LoneThreads = loneThreads, Cores = cores }), NullLogger<ExecutionDevice>.Instance);

    public static EncoderSession Open(ExecutionDevice device, string? graph = null, Func<SharedWeights?, bool, EncoderSession>? open = null, LoadMemory? memory = null)
        => new LoneTrial(device, memory ?? new LoadMemory(null), TimeProvider.System, NullLogger.Instance)
            .Open("tiny:1", graph ?? Sentiment, TinyEncoder.Vocabulary, 512, open ?? ((weights, isLone) => Session(device, graph ?? Sentiment, weights, isLone)));

    public static EncoderSession Session(ExecutionDevice device, string graph, SharedWeights? weights, bool isLone)
        => new(graph, device, [new OutputChoice(["logits"], 2, 3)], 0, RowReaders.Copy, weights: weights, isLone: isLone);
}
