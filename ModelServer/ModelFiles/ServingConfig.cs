using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.ModelFiles;

/// <summary>The optional <c>serving.json</c> of a version; its schema is described in <c>docs/models.md</c>. Unknown keys are refused.</summary>
internal sealed class ServingConfig
{
    /// <summary>Above any <see cref="DraftTokens"/> that would pay.</summary>
    public const int MostDraftTokens = 16;

    /// <summary>Overrides the task told by <c>config.json</c>.</summary>
    public string? Task { get; set; }

    /// <summary>Which weights: <c>fp32</c> is <c>model.onnx</c>, any other is <c>model_&lt;variant&gt;.onnx</c>; null for what <see cref="GraphChoice"/> finds.</summary>
    public string? Variant { get; set; }

    /// <summary>Overrides the labels of <c>config.json</c>, by output index.</summary>
    public string[]? Labels { get; set; }

    /// <summary>How an embedding model pools its tokens; overrides <c>1_Pooling/config.json</c>.</summary>
    public Pooling? Pooling { get; set; }

    /// <summary>Whether embeddings have length 1; overrides <c>modules.json</c>.</summary>
    public bool? Normalize { get; set; }

    /// <summary>Longest input in tokens, special tokens included; never above what the graph has positions for.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>How a conversation becomes a prompt: <c>chatml</c>, or <c>none</c> for its texts one after the other; overrides the model's own template.</summary>
    public string? ChatTemplate { get; set; }

    /// <summary>Whether special tokens that a caller writes into a conversation, such as <c>&lt;|im_end|&gt;</c>, become those tokens, rather than the text that they are.</summary>
    public bool ChatSpecialTokens { get; set; }

    /// <summary>How the model writes that it calls tools: <c>none</c>, <c>hermes</c>, <c>llama3</c>, <c>mistral</c>, <c>phi4</c> or <c>harmony</c>; without it what its template and tokenizer tell.</summary>
    public string? ToolCalls { get; set; }

    /// <summary>How the model thinks before it answers: <c>think</c>, between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>, or <c>none</c>; without it what its template tells.</summary>
    public string? Reasoning { get; set; }

    /// <summary>How a model that makes a vector for each token reads queries and documents.</summary>
    public LateInteractionConfig? LateInteraction { get; set; }

    /// <summary>How a reranker reads query and document, where not as a pair.</summary>
    public RerankConfig? Rerank { get; set; }

    /// <summary>Most tokens that are guessed from what came before and checked in one run, 0 for none; overrides <c>Generate:DraftTokens</c>.</summary>
    public int? DraftTokens { get; set; }

    /// <summary>Inputs with known answers, run before the version may serve.</summary>
    public GoldenCase[] Golden { get; set; } = [];

    /// <summary>By variant, how far a score may be from its golden value; 1e-4 where none is named.</summary>
    public Dictionary<string, double> GoldenTolerance { get; set; } = [];

    public static ServingConfig Read(ModelFolder folder)
    {
        var config = folder.Find("serving.json") is { } path ? ModelJson.Read(path, ServingJson.Default.ServingConfig) : new();
        if (config.Variant is not null && !ModelNames.IsName(config.Variant)) throw new ModelLoadException("serving.json: variant must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}.");
        if (config.MaxTokens is < 1) throw new ModelLoadException("serving.json: maxTokens must be at least 1.");
        if (config.DraftTokens is < 0 or > MostDraftTokens) throw new ModelLoadException($"serving.json: draftTokens must be 0 to {MostDraftTokens}.");
        if (config.ChatTemplate is not (null or "chatml" or "none")) throw new ModelLoadException("serving.json: chatTemplate must be chatml or none.");
        if (config.ToolCalls is not (null or "none" or "hermes" or "llama3" or "mistral" or "phi4" or "harmony"))
            throw new ModelLoadException("serving.json: toolCalls must be none, hermes, llama3, mistral, phi4 or harmony.");
        if (config.Reasoning is not (null or "none" or "think")) throw new ModelLoadException("serving.json: reasoning must be none or think.");
        if (config.Labels?.Any(label => label is null) == true) throw new ModelLoadException("serving.json: labels must be texts.");
        if (Array.FindIndex(config.Golden, g => g is not { IsComplete: true }) is >= 0 and var i)
            throw new ModelLoadException($"serving.json: golden case {i} needs either label and score, or embedding, or continuation, or weights, or document and score, or context, answer and score.");
        return config;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    Converters = [typeof(PoolingName)])]
[JsonSerializable(typeof(ServingConfig))]
internal sealed partial class ServingJson : JsonSerializerContext;

/// <summary>Spells the modes in lower case and takes no numbers for them.</summary>
internal sealed class PoolingName() : JsonStringEnumConverter<Pooling>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
