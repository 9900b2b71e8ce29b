using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Telemetry;
using ModelServer.Tensors;

namespace ModelServer.Encoders;

/// <summary>Turns an encoder graph into something that answers.</summary>
internal sealed class EncoderFactory(
    Lazy<ExecutionDevice> device, IOptions<InferenceOptions> options, LoadMemory memory, ModelServerMetrics metrics, TimeProvider time, ILogger<EncoderFactory> logger)
{
    /// <summary>What the runs of several sequences give at most: 64 MiB.</summary>
    private const int OutputFloats = 16 << 20;

    /// <summary>From about here a run is worth sharing among threads wherever there are some.</summary>
    private const long LargeGraphBytes = 20 << 20;

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
        var session = new LoneTrial(device.Value, memory, time, logger).Open(source.Reference, source.Graph, source.VocabularySize, maxTokens, Open);
        BatchLoop? loop = null;
        try
        {
            maxTokens = Longest(source, session, maxTokens);
            var limits = LimitsOf(source, session, outputs, maxTokens);
            var queue = new SequenceQueue(options.Value, limits, time, device.Value.Runs);
            loop = new BatchLoop(source.Reference, limits.Workers, queue, session, metrics, time, logger);
            var width = EncoderWarmUp.Run(queue, maxTokens, limits, cancellationToken);
            if (session.Lone is { } lone)
            {
                lone.IsOpen = true;
                EncoderWarmUp.RunSingly(queue, maxTokens, limits, cancellationToken);
                if (!device.Value.AreLoneThreadsSet) lone.Choice = new LoneChoice(limits.RunOverhead, expectsAll: GraphFiles.Bytes(source.Graph) >= LargeGraphBytes);
            }

            var admission = new AdmissionGate(options.Value.QueuedSequences, options.Value.QueuedTokens, time);
            var tensors = new TensorEngine(source.Reference, session.Graph, admission, limits, options.Value, metrics, time, logger);
            return describe(new EncoderEngine(admission, queue, loop) { Width = width, MaxTokens = maxTokens, Tensors = tensors, LoneThreads = session.Lone?.Threads ?? 1 });
        }
        catch
        {
            if (loop is null) session.Dispose();
            else loop.Dispose();
            throw;
        }

        EncoderSession Open(SharedWeights? weights, bool isLone)
            => new(source.Graph, device.Value, outputs, source.Config.PadTokenId ?? 0, reader, source.Config.FirstPosition, weights, isLone);
    }

    /// <summary>Loads one that reads a single output.</summary>
    /// <inheritdoc cref="Load{TModel}(ModelSource, OutputChoice[], RowReader, int, Func{EncoderEngine, TModel}, CancellationToken)"/>
    public TModel Load<TModel>(
        ModelSource source, OutputChoice output, RowReader reader, int maxTokens, Func<EncoderEngine, TModel> describe, CancellationToken cancellationToken)
        => Load(source, [output], reader, maxTokens, describe, cancellationToken);

    /// <summary>The longest input that graph and memory have room for.</summary>
    private int Longest(ModelSource source, EncoderSession session, int maxTokens)
    {
        if (session.Inputs.Columns is { } columns) return Math.Min(maxTokens, columns);
        if (device.Value.IsGpu) return maxTokens;
        // A session for runs that are alone keeps memory of its own for one.
        var (heads, workers) = (source.Config.Heads, device.Value.Encoders.Workers + (session.Lone is null ? 0 : 1));
        var longest = AttentionMemory.Longest(heads, workers, maxTokens, memory);
        if (longest < maxTokens)
            source.Warn($"A text of {maxTokens} tokens takes about {AttentionMemory.Bytes(heads, maxTokens) >> 20} MiB while it runs, of which {workers} may run at once, and there is not so much memory: texts of up to {longest} tokens are taken.");
        return longest;
    }

    /// <summary>One token is the budget of a run where a second row would change the first one's answer: every sequence runs alone then, without padding and without waiting for company.</summary>
    private EncoderLimits LimitsOf(ModelSource source, EncoderSession session, OutputChoice[] outputs, int maxTokens)
    {
        var (graph, limits) = (Path.GetFileName(source.Graph), device.Value.Encoders with { Columns = session.Inputs.Columns });
        limits = limits with { BatchTokens = Math.Clamp(OutputFloats / outputs.Sum(o => o.Width), 1, limits.BatchTokens) };
        if (session.Inputs.Columns is { } columns)
            source.Warn($"{graph} takes exactly {columns} tokens (its sequence axis is fixed): every text costs as much as one of {columns}, and none may be longer. Export it with that axis left open.");
        var weights = GraphWeights.Read(source.Graph);
        // A GPU multiplies floats with the precision of halves.
        var company = new CompanyCheck(session, source.VocabularySize, source.Config.PadTokenId ?? 0, maxTokens).Run(isCoarse: device.Value.IsGpu || session.IsHalf || weights.AreCoarse);
        if (GraphNodes.HaveOneScaleForAll(GraphNodes.Read(source.Graph)))
        {
            source.Warn($"{graph} quantises activations with one scale for a whole run (DynamicQuantizeLinear): its sequences run one at a time, so that no answer depends on others. Quantised per row they would share runs.");
            return limits with { BatchTokens = 1 };
        }

        switch (company)
        {
            case Company.None when session.Inputs.TakesOneRow:
                source.Warn($"{graph} takes one sequence at a time (its batch axis is fixed): its sequences share no runs. Export it with that axis left open.");
                return limits with { BatchTokens = 1 };
            case Company.None:
                source.Warn($"{graph} gives a sequence another answer beside others than alone, or fails on several: its sequences run one at a time, so that no answer depends on others.");
                return limits with { BatchTokens = 1 };
            case Company.EqualLengths:
                source.Warn($"{graph} gives a sequence another answer when it is padded: only sequences of one length share its runs, so that no answer depends on others. Export it with an attention_mask.");
                return limits with { EqualLengths = true };
            default:
                return limits;
        }
    }
}
