using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Inference;
using ModelServer.Telemetry;
using ModelServer.Tokenization;

namespace ModelServer.Models;

/// <summary>Turns a version's folder into something that serves: configuration, tokenizer, graph, warm-up, golden cases.</summary>
internal sealed class ModelFactory(Lazy<ExecutionDevice> device, IOptions<InferenceOptions> options, ModelServerMetrics metrics, TimeProvider time, ILogger<ModelFactory> logger)
{
    private const int FallbackMaxTokens = 512;
    private static readonly string[] TokenizerFiles = ["tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json"];

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
        var fingerprint = ModelFingerprint.Of(folder, graph);
        var session = new EncoderSession(graph, device.Value, "logits", config.PadTokenId ?? 0, RowReaders.Copy);
        LoadedModel? loaded = null;
        try
        {
            if (session.OutputWidth is { } width) labels = CheckLabels(labels, width);
            cancellationToken.ThrowIfCancellationRequested();
            var o = options.Value;
            var queue = new SequenceQueue(o, time);
            var admission = new Admission(o.QueuedSequences, o.QueuedTokens, time);
            var loop = new BatchLoop($"{folder.Name}:{folder.Version}", o.Workers, queue, session, metrics, time, logger);
            loaded = new LoadedModel(
                task, serving.Variant, labels, config.ProblemType == "multi_label_classification", MaxTokens(config, serving, tokenizer.Config), tokenizer, admission, queue, loop)
            {
                Fingerprint = fingerprint,
            };
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
        // The loader opens them by name: Find refuses those that lead out of the models folder.
        foreach (var file in TokenizerFiles) _ = folder.Find(file);
        try
        {
            return TokenizerLoader.Load(folder.Path);
        }
        catch (Exception e) when (e is InvalidTokenizerException or UnsupportedTokenizerException)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    internal static string FindGraph(ModelFolder folder, string variant)
    {
        var file = variant == "fp32" ? "model.onnx" : $"model_{variant}.onnx";
        return folder.Find(file) ?? folder.Find(Path.Combine("onnx", file)) ?? throw new ModelLoadException($"There is no {file} for the variant '{variant}'.");
    }

    private static int MaxTokens(TransformerConfig config, ServingConfig serving, TokenizerConfig tokenizer)
    {
        var limits = new[] { config.MaxTokens(), tokenizer.ModelMaxLength, serving.MaxTokens }.OfType<int>().ToArray();
        return limits.Length > 0 ? limits.Min() : FallbackMaxTokens;
    }

    private static string[] CheckLabels(string[] labels, int width)
    {
        if (labels.Length == 0) return [.. Enumerable.Range(0, width).Select(i => $"LABEL_{i}")];
        return labels.Length == width ? labels : throw new ModelLoadException($"There are {labels.Length} labels for {width} outputs.");
    }
}
