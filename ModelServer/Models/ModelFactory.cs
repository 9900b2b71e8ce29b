using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Inference;
using ModelServer.Tokenization;

namespace ModelServer.Models;

/// <summary>Turns a version's folder into something that serves: configuration, tokenizer, graph, warm-up, golden cases.</summary>
internal sealed class ModelFactory(Lazy<ExecutionDevice> device, IOptions<InferenceOptions> options, TimeProvider time, ILogger<ModelFactory> logger)
{
    private const int FallbackMaxTokens = 512;

    /// <exception cref="ModelLoadException">The folder does not hold a model that this server can serve.</exception>
    /// <exception cref="DeviceException">The configured device does not work.</exception>
    public LoadedModel Load(ModelFolder folder, CancellationToken cancellationToken)
    {
        var config = TransformerConfig.Read(folder);
        var serving = ServingConfig.Read(folder);
        var labels = serving.Labels ?? config.Labels();
        var task = serving.Task ?? TaskOf(config, labels.Length);
        if (task != ModelTask.TextClassification) throw new ModelLoadException($"The task '{task}' is not served yet.");

        var tokenizer = LoadTokenizer(folder);
        var graph = FindGraph(folder, serving.Variant);
        var session = new EncoderSession(graph, device.Value, "logits", config.PadTokenId ?? 0);
        LoadedModel? loaded = null;
        try
        {
            if (session.OutputWidth is { } width) labels = CheckLabels(labels, width);
            cancellationToken.ThrowIfCancellationRequested();
            var o = options.Value;
            var queue = new SequenceQueue(o.BatchTokens, time);
            var admission = new Admission(o.QueuedSequences, o.QueuedTokens, time);
            var loop = new BatchLoop($"{folder.Name}:{folder.Version}", o.Workers, queue, session, time, logger);
            loaded = new LoadedModel(
                task, serving.Variant, labels, config.ProblemType == "multi_label_classification", MaxTokens(folder, config, serving), tokenizer, admission, queue, loop);
            WarmUp.Run(loaded, o.BatchTokens, cancellationToken);
            GoldenCases.Verify(loaded, serving);
            return loaded;
        }
        catch
        {
            if (loaded is not null) loaded.Dispose();
            else session.Dispose();
            throw;
        }
    }

    private static string TaskOf(TransformerConfig config, int labels)
        => config.Architectures?.Select(a => ModelTask.FromArchitecture(a, labels)).FirstOrDefault(t => t is not null)
           ?? throw new ModelLoadException("config.json does not tell the task (architectures); set \"task\" in serving.json.");

    private static HuggingFaceTokenizer LoadTokenizer(ModelFolder folder)
    {
        // Find checks that neither file leads out of the models folder.
        if (folder.Find("tokenizer.json") is null && folder.Find("vocab.txt") is null) throw new ModelLoadException("There is no tokenizer.json and no vocab.txt.");
        try
        {
            return TokenizerLoader.Load(folder.Path);
        }
        catch (TokenizerException e)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    private static string FindGraph(ModelFolder folder, string variant)
    {
        var file = variant == "fp32" ? "model.onnx" : $"model_{variant}.onnx";
        return folder.Find(file) ?? folder.Find(Path.Combine("onnx", file)) ?? throw new ModelLoadException($"There is no {file} for the variant '{variant}'.");
    }

    private static int MaxTokens(ModelFolder folder, TransformerConfig config, ServingConfig serving)
    {
        var limits = new[] { config.MaxTokens(), TokenizerLimits.Read(folder), serving.MaxTokens }.OfType<int>().ToArray();
        return limits.Length > 0 ? limits.Min() : FallbackMaxTokens;
    }

    private static string[] CheckLabels(string[] labels, int width)
    {
        if (labels.Length == 0) return [.. Enumerable.Range(0, width).Select(i => $"LABEL_{i}")];
        return labels.Length == width ? labels : throw new ModelLoadException($"There are {labels.Length} labels for {width} outputs.");
    }
}
