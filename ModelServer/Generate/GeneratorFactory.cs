using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Inference;
using ModelServer.Models;

namespace ModelServer.Generate;

/// <summary>Turns a decoder graph into something that continues sequences.</summary>
internal sealed partial class GeneratorFactory(
    Lazy<ExecutionDevice> device,
    IOptions<GenerateOptions> options,
    IOptions<InferenceOptions> inference,
    LoadMemory memory,
    GenerationMetrics metrics,
    TimeProvider time,
    ILogger<GeneratorFactory> logger)
{
    /// <summary>From about here the work of one operator is worth sharing among threads.</summary>
    private const long LargeGraphBytes = 100_000_000;

    /// <param name="model"><c>name:version</c>.</param>
    /// <param name="graph">Full path of the ONNX file.</param>
    /// <param name="maxTokens">Positions that the model has.</param>
    /// <exception cref="ModelLoadException">The graph is not one that can be served.</exception>
    /// <exception cref="ModelMemoryException">Its cache does not fit.</exception>
    public Generator Load(string model, string graph, int maxTokens)
    {
        var o = options.Value;
        var window = Math.Min(maxTokens, o.MaxTokens);
        if (window < DecoderCheck.Tokens) throw new ModelLoadException($"A window of {window} tokens is too small to generate text.");
        if (device.Value.IsGpu) LogOnCpu(model, device.Value.Kind);
        using var settings = device.Value.CreateDecoderOptions(Threads(graph));
        var session = new DecoderSession(graph, settings, o.Rows, window, Math.Min(o.PrefillTokens, window));
        try
        {
            memory.Check(session.CacheBytes, FormattableString.Invariant($"The cache of {o.Rows} rows of {window} tokens"));
            DecoderCheck.Run(session);
            var queue = new GenerationQueue(inference.Value, time);
            // What runs is counted with what waits: rows and their windows come on top of the limits.
            var admission = new Admission(o.Rows + o.QueuedSequences, (o.Rows * window) + o.QueuedTokens, time);
            return new Generator(window, session.VocabularySize, admission, queue, new GenerationLoop(model, o, queue, session, metrics, time, logger));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private int Threads(string graph)
        => options.Value.Threads > 0 ? options.Value.Threads : new FileInfo(graph).Length >= LargeGraphBytes ? inference.Value.EffectiveCores : 1;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {Model} generates on the CPU although {Device} is in use: its cache lies in the CPU's memory")]
    private partial void LogOnCpu(string model, DeviceKind device);
}
