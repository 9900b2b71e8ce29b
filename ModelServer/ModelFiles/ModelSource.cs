using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using ModelServer.Tokenization.Json;

namespace ModelServer.ModelFiles;

/// <summary>What a version is loaded from: its folder and its configuration. Tokenizer, graph and fingerprint are read when first asked for.</summary>
internal sealed class ModelSource(ModelFolder folder, TransformerConfig config, ServingConfig serving)
{
    private const int FallbackMaxTokens = 512;
    private readonly List<string> _warnings = [];
    private GraphChoice? _choice;

    public ModelFolder Folder => folder;

    public TransformerConfig Config => config;

    public ServingConfig Serving => serving;

    /// <summary><c>name:version</c>.</summary>
    public string Reference { get; } = $"{folder.Name}:{folder.Version}";

    public HuggingFaceTokenizer Tokenizer
    {
        get => field ??= ReadTokenizer();
        init;
    }

    /// <summary>Full path of the ONNX file.</summary>
    public string Graph => (_choice ??= Choose()).Path;

    /// <summary>Which weights <see cref="Graph"/> has; until that was asked for, what <c>serving.json</c> says.</summary>
    public string Variant => _choice?.Variant ?? serving.Variant ?? GraphChoice.FullPrecision;

    /// <summary>What <c>genai_config.json</c> tells; null where there is none.</summary>
    public GenAiConfig? GenAi { get; } = GenAiConfig.Read(folder);

    /// <summary>See <see cref="ModelFingerprint"/>. Asked for first when everything has been read that answers depend on.</summary>
    public string Fingerprint => field ??= ModelFingerprint.Of(folder, Graph);

    public string[] Labels => serving.Labels ?? config.Labels();

    /// <summary>What whoever runs the server should know of a version that serves all the same.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>One more than the highest token id that the graph takes.</summary>
    public int VocabularySize => Math.Min(Tokenizer.VocabularySize, config.VocabSize ?? int.MaxValue);

    /// <summary>Whether there is nothing to run: a tokenizer without a graph, which no file says is for something else.</summary>
    public bool IsTokenizerAlone => serving is { Task: null, Variant: null or GraphChoice.FullPrecision } && !folder.HasGraph();

    /// <exception cref="ModelLoadException">A file is not what it should be.</exception>
    public static ModelSource Read(ModelFolder folder) => new(folder, TransformerConfig.Read(folder), ServingConfig.Read(folder));

    /// <summary>Adds a warning, by whatever loads the version; none is added once it serves.</summary>
    /// <param name="warning">A sentence that names no path, with what to do.</param>
    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>Longest input in tokens, by whichever file allows least.</summary>
    /// <param name="other">A limit that only this kind of model has.</param>
    /// <exception cref="ModelLoadException">One allows none.</exception>
    public int MaxTokens(int? other = null)
    {
        var least = new[] { config.MaxTokens(), GenAi?.Model?.ContextLength, Tokenizer.Config.ModelMaxLength, other, serving.MaxTokens }.Min() ?? FallbackMaxTokens;
        return least > 0
            ? least
            : throw new ModelLoadException($"The longest input would have {least} tokens: look at max_position_embeddings in config.json, model_max_length in tokenizer_config.json, max_seq_length in sentence_bert_config.json and context_length in genai_config.json.");
    }

    private GraphChoice Choose()
    {
        var choice = GraphChoice.Of(folder, serving);
        if (choice.Sentence is { } sentence) Warn(sentence);
        return choice;
    }

    private HuggingFaceTokenizer ReadTokenizer()
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
}
