using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>How the routes of Text Embeddings Inference cut what is too long. Their <c>model</c> is ours: that server has one.</summary>
public abstract record TeiTruncation
{
    [Description("Whether what is too long is cut instead of refused; without it as the server and the model's own files say.")]
    public bool? Truncate { get; init; }

    [Description("Which end is cut off."), AllowedValues("right", "left", "Right", "Left"), DefaultValue("right")]
    public string? TruncationDirection { get; init; }
}

/// <summary>The body of <c>POST /embed</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiEmbedRequest([property: Description("One text, a list of texts, one list of token ids, or a list of those."), Required] EmbeddingInput Inputs) : TeiTruncation
{
    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    [Description("Whether vectors have length 1."), DefaultValue(true)]
    public bool? Normalize { get; init; }

    [Description("Which of the model's prompts to put in front of each text; without it the model's default one, if it has one.")]
    public string? PromptName { get; init; }

    [Description("How many of a vector's first numbers to answer; without it all."), Range(1, int.MaxValue)]
    public int? Dimensions { get; init; }

    [Description("float, or base64 of little-endian float32."), AllowedValues(EmbeddingsRequest.Float, EmbeddingsRequest.Base64)]
    public string? EncodingFormat { get; init; }
}

/// <summary>The body of <c>POST /embed_sparse</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiEmbedSparseRequest([property: Description("One text, a list of texts, one list of token ids, or a list of those."), Required] EmbeddingInput Inputs) : TeiTruncation
{
    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    [Description("Which of the model's prompts to put in front of each text; without it the model's default one, if it has one.")]
    public string? PromptName { get; init; }
}

public sealed record TeiSparseValue(
    [property: Description("A place in the vector, the id of a token.")] int Index,
    float Value);

/// <summary>The body of <c>POST /similarity</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiSimilarityRequest([property: Required] TeiSimilarityInputs Inputs)
{
    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    public TeiSimilarityParameters? Parameters { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiSimilarityInputs(
    [property: Required, MinLength(1)] string SourceSentence,
    [property: Description("What the source sentence is compared with."), Required, MinLength(1)] string[] Sentences);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiSimilarityParameters : TeiTruncation
{
    [Description("Which of the model's prompts to put in front of each text.")]
    public string? PromptName { get; init; }
}

/// <summary>The body of <c>POST /rerank</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiRerankRequest(
    [property: Description("What the texts are measured by. Never cut."), Required, MinLength(1)] string Query,
    [property: Required, MinLength(1)] string[] Texts) : TeiTruncation
{
    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    [Description("Answer logits instead of numbers from 0 to 1."), DefaultValue(false)]
    public bool? RawScores { get; init; }

    [Description("Whether the answer repeats the texts."), DefaultValue(false)]
    public bool? ReturnText { get; init; }
}

public sealed record TeiRank(
    [property: Description("The text's place in the request.")] int Index,
    [property: Description("Where return_text asks for it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
    float Score);

/// <summary>The body of <c>POST /tokenize</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiTokenizeRequest([property: Description("A text, or a list of texts."), Required] StopInput Inputs)
{
    [Description("name or name:version; without it the default model, an embedding model before others.")]
    public string? Model { get; init; }

    [Description("Whether the tokens that the model's template adds are there."), DefaultValue(true)]
    public bool? AddSpecialTokens { get; init; }
}

public sealed record TeiToken(
    int Id,
    [property: Description("The token's part of the text; a special token as the vocabulary spells it.")] string Text,
    bool Special,
    [property: Description("Where the token begins in its text, in bytes of UTF-8; null for a special token.")] int? Start,
    int? Stop);

/// <summary>The body of <c>POST /predict</c> in either form: our own, or with <c>inputs</c> that of Text Embeddings Inference.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TeiPredictRequest(string Text, string? Model = null, int? MaxLength = null) : PredictRequest(Text, Model, MaxLength)
{
    public TeiPredictInputs? Inputs { get; init; }

    public bool? Truncate { get; init; }

    public string? TruncationDirection { get; init; }

    /// <summary>Answer logits instead of probabilities.</summary>
    public bool? RawScores { get; init; }
}

/// <summary>The answer of <c>GET /info</c>.</summary>
/// <param name="ModelSha">Changes with the model's files.</param>
/// <param name="ModelType">embedding, classifier or reranker with what is particular to it; null where text is generated.</param>
public sealed record HuggingFaceInfo(
    string ModelId,
    string ModelSha,
    string ModelDtype,
    string ServedModelName,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Dictionary<string, object>? ModelType,
    string ModelPipelineTag,
    int MaxConcurrentRequests,
    [property: Description("The longest input in tokens.")] int MaxInputLength,
    [property: Description("The longest prompt and continuation together, in tokens.")] int MaxTotalTokens,
    int MaxClientBatchSize,
    [property: Description("Whether inputs that are too long are cut where a request does not say.")] bool AutoTruncate,
    string Version);
