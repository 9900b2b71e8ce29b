using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Telemetry;
using ModelServer.Tensors;

namespace ModelServer.Encoders;

/// <summary>Turns an encoder graph into something that answers.</summary>
internal sealed class EncoderFactory(
    Lazy<ExecutionDevice> device, IOptions<InferenceOptions> options, ModelServerMetrics metrics, TimeProvider time, ILogger<EncoderFactory> logger)
{
    /// <summary>What the runs of several sequences give at most: 64 MiB.</summary>
    private const int OutputFloats = 16 << 20;

    /// <param name="source">What it is loaded from; every file that answers depend on has been read, but for tokenizer and graph.</param>
    /// <param name="outputs">Which outputs a run returns, one or several.</param>
    /// <param name="reader">What to make of each row of an output; what was made of several outputs' rows is put one after the other.</param>
    /// <param name="maxTokens">Longest input.</param>
    /// <param name="describe">Makes the model of an engine that is warm, or refuses it.</param>
    /// <exception cref="ModelLoadException">The graph is not one that can be served.</exception>
    /// <exception cref="DeviceException">The configured device does not work.</exception>
    public TModel Load<TModel>(
        ModelSource source, OutputChoice[] outputs, RowReader reader, int maxTokens, Func<EncoderEngine, TModel> describe, CancellationToken cancellationToken)
    {
        // Whatever the folder can be refused for comes before the inference threads start.
        _ = source.Tokenizer;
        _ = source.Fingerprint;
        cancellationToken.ThrowIfCancellationRequested();
        var limits = LimitsOf(source, outputs);
        var queue = new SequenceQueue(options.Value, limits, time);
        var session = new EncoderSession(source.Graph, device.Value, outputs, source.Config.PadTokenId ?? 0, reader);
        BatchLoop? loop = null;
        try
        {
            loop = new BatchLoop(source.Reference, limits.Workers, queue, session, metrics, time, logger);
            var width = EncoderWarmUp.Run(queue, maxTokens, limits.BatchTokens, cancellationToken);
            var admission = new AdmissionGate(options.Value.QueuedSequences, options.Value.QueuedTokens, time);
            var tensors = new TensorEngine(source.Reference, session.Graph, admission, limits, options.Value, metrics, time, logger);
            return describe(new EncoderEngine(admission, queue, loop) { Width = width, Tensors = tensors });
        }
        catch
        {
            if (loop is null) session.Dispose();
            else loop.Dispose();
            throw;
        }
    }

    /// <summary>Loads one that reads a single output.</summary>
    /// <inheritdoc cref="Load{TModel}(ModelSource, OutputChoice[], RowReader, int, Func{EncoderEngine, TModel}, CancellationToken)"/>
    public TModel Load<TModel>(
        ModelSource source, OutputChoice output, RowReader reader, int maxTokens, Func<EncoderEngine, TModel> describe, CancellationToken cancellationToken)
        => Load(source, [output], reader, maxTokens, describe, cancellationToken);

    /// <summary>One token is the budget of a run where a second row would change the first one's answer: every sequence runs alone then, without padding and without waiting for company.</summary>
    private EncoderLimits LimitsOf(ModelSource source, OutputChoice[] outputs)
    {
        var limits = device.Value.Encoders;
        if (!GraphNodes.HaveOneScaleForAll(GraphNodes.Read(source.Graph))) return limits with { BatchTokens = Math.Clamp(OutputFloats / outputs.Sum(o => o.Width), 1, limits.BatchTokens) };
        source.Warn($"{Path.GetFileName(source.Graph)} quantises activations with one scale for a whole run (DynamicQuantizeLinear): its sequences run one at a time, so that no answer depends on others. Quantised per row they would share runs.");
        return limits with { BatchTokens = 1 };
    }
}
