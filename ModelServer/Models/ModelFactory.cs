using Microsoft.Extensions.Options;
using ModelServer.Decoders;
using ModelServer.Embed;
using ModelServer.Encoders;
using ModelServer.Generation;
using ModelServer.ModelFiles;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ModelServer.Runtime;
using ModelServer.Scheduling;
using ModelServer.Telemetry;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using ModelServer.Tokenization.Json;

namespace ModelServer.Models;

/// <summary>Turns a version's folder into something that serves: configuration, tokenizer, graph, warm-up, golden cases.</summary>
internal sealed class ModelFactory(Lazy<ExecutionDevice> device, IOptions<InferenceOptions> options, DecoderFactory generators, ModelServerMetrics metrics, TimeProvider time, ILogger<ModelFactory> logger)
{
    private const int FallbackMaxTokens = 512;
    private static readonly OutputChoice Logits = new(["logits"], 2);

    /// <exception cref="ModelLoadException">The folder does not hold a model that this server can serve.</exception>
    /// <exception cref="DeviceException">The configured device does not work.</exception>
    public LoadedModel Load(ModelFolder folder, CancellationToken cancellationToken)
    {
        var config = TransformerConfig.Read(folder);
        var serving = ServingConfig.Read(folder);
        if (IsTokenizerAlone(folder, serving)) return LoadTokenizerAlone(folder, config, serving);

        var task = serving.Task ?? TaskOf(folder, config, (serving.Labels ?? config.Labels()).Length);
        if (task == ModelTask.TextGeneration) return LoadGenerator(folder, config, serving);
        var embedding = task == ModelTask.Embedding ? EmbeddingSettings.Read(folder, serving) : null;
        var (output, reader) = task switch
        {
            ModelTask.TextClassification or ModelTask.Rerank => (Logits, RowReaders.Copy),
            ModelTask.Embedding => (embedding!.Output, embedding.Reader),
            _ => throw new ModelLoadException($"The task '{task}' is not served yet."),
        };
        var tokenizer = LoadTokenizer(folder);
        var graph = FindGraph(folder, serving.Variant);
        // Whatever the folder can be refused for comes before the inference threads start.
        var fingerprint = ModelFingerprint.Of(folder, graph);
        var maxTokens = MaxTokens(config.MaxTokens(), tokenizer.Config.ModelMaxLength, embedding?.MaxTokens, serving.MaxTokens);
        var session = new EncoderSession(graph, device.Value, output, config.PadTokenId ?? 0, reader);
        LoadedModel? loaded = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var o = options.Value;
            var limits = device.Value.Encoders;
            var queue = new SequenceQueue(o, limits, time);
            var loop = new BatchLoop($"{folder.Name}:{folder.Version}", limits.Workers, queue, session, metrics, time, logger);
            loaded = new LoadedModel(
                task,
                serving.Variant,
                [],
                config.ProblemType == "multi_label_classification",
                maxTokens,
                tokenizer,
                new Admission(o.QueuedSequences, o.QueuedTokens, time),
                queue,
                loop)
            {
                Fingerprint = fingerprint,
                VocabularySize = Math.Min(tokenizer.VocabularySize, config.VocabSize ?? int.MaxValue),
            };
            loaded = Describe(loaded, EncoderWarmUp.Run(loaded, limits.BatchTokens, cancellationToken), serving.Labels ?? config.Labels(), embedding);
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

    /// <summary>Adds what is known once the graph has run: the width of its result.</summary>
    private static LoadedModel Describe(LoadedModel loaded, int width, string[] labels, EmbeddingSettings? embedding) => loaded.Task switch
    {
        ModelTask.Embedding => loaded with { Embedding = embedding! with { Dimensions = width } },
        ModelTask.Rerank when width != 1 => throw new ModelLoadException($"A model for {ModelTask.Rerank} has one output; the graph has {width}."),
        _ => loaded with { Labels = CheckLabels(labels, width) },
    };

    private static bool IsTokenizerAlone(ModelFolder folder, ServingConfig serving)
        => serving.Task == ModelTask.Tokenizer || (serving is { Task: null, Variant: "fp32" } && !folder.HasGraph());

    private LoadedModel LoadTokenizerAlone(ModelFolder folder, TransformerConfig config, ServingConfig serving)
    {
        var tokenizer = LoadTokenizer(folder);
        var maxTokens = MaxTokens(config.MaxTokens(), tokenizer.Config.ModelMaxLength, serving.MaxTokens);
        return Unqueued(ModelTask.Tokenizer, serving, maxTokens, tokenizer);
    }

    /// <summary>A model that is no encoder: its queue takes nothing.</summary>
    private LoadedModel Unqueued(string task, ServingConfig serving, int maxTokens, HuggingFaceTokenizer tokenizer)
    {
        var queue = new SequenceQueue(options.Value, EncoderLimits.On(DeviceKind.Cpu, options.Value), time);
        queue.Close();
        return new LoadedModel(task, serving.Variant, [], MultiLabel: false, maxTokens, tokenizer, new Admission(0, 0, time), queue, Loop: null)
        {
            VocabularySize = tokenizer.VocabularySize,
        };
    }

    private LoadedModel LoadGenerator(ModelFolder folder, TransformerConfig config, ServingConfig serving)
    {
        var tokenizer = LoadTokenizer(folder);
        var graph = FindGraph(folder, serving.Variant);
        var maxTokens = MaxTokens(config.MaxTokens(), tokenizer.Config.ModelMaxLength, serving.MaxTokens);
        var text = TextSettings.Read(folder, serving, tokenizer);
        var fingerprint = ModelFingerprint.Of(folder, graph);
        var generator = generators.Load($"{folder.Name}:{folder.Version}", graph, maxTokens);
        var loaded = Unqueued(ModelTask.TextGeneration, serving, generator.Window, tokenizer) with
        {
            Decoder = generator,
            Text = text.Within(generator.VocabularySize),
            Fingerprint = fingerprint,
            VocabularySize = Math.Min(tokenizer.VocabularySize, generator.VocabularySize),
        };
        try
        {
            GoldenCases.Verify(loaded, serving);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    private static string TaskOf(ModelFolder folder, TransformerConfig config, int labels)
    {
        var task = config.Architectures?.Select(a => ModelTask.FromArchitecture(a, labels)).FirstOrDefault(t => t is not null);
        // A cross-encoder of sentence-transformers may list modules too; its architecture tells it apart.
        if (task is not (ModelTask.TextClassification or ModelTask.Rerank) && folder.Find("modules.json") is not null) return ModelTask.Embedding;
        return task ?? throw new ModelLoadException("config.json does not tell the task (architectures); set \"task\" in serving.json.");
    }

    private static HuggingFaceTokenizer LoadTokenizer(ModelFolder folder)
    {
        try
        {
            return TokenizerLoader.Load(folder.Find);
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

    private static int MaxTokens(params int?[] limits) => limits.Min() ?? FallbackMaxTokens;

    private static string[] CheckLabels(string[] labels, int width)
    {
        if (labels.Length == 0) return [.. Enumerable.Range(0, width).Select(i => $"LABEL_{i}")];
        return labels.Length == width ? labels : throw new ModelLoadException($"There are {labels.Length} labels for {width} outputs.");
    }
}
