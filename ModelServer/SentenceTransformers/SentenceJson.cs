using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.SentenceTransformers;

/// <summary>An entry of sentence-transformers' <c>modules.json</c>.</summary>
/// <param name="Type">The Python class, dotted.</param>
/// <param name="Path">Its folder; empty for the version's own.</param>
internal sealed record SentenceModule(string Type, string Path)
{
    /// <summary>The class without its packages, which have moved between releases.</summary>
    public string Kind => Type[(Type.LastIndexOf('.') + 1)..];
}

/// <summary><c>config_sentence_transformers.json</c>: texts to put in front of inputs, by name.</summary>
internal sealed record SentencePrompts(Dictionary<string, string?>? Prompts, string? DefaultPromptName);

/// <summary><c>sentence_bert_config.json</c>.</summary>
internal sealed record SentenceLimits(int? MaxSeqLength, bool? DoLowerCase);

/// <summary><c>config.json</c> of a <c>Dense</c> module; <c>use_residual</c> is PyLate's.</summary>
internal sealed record DenseConfig(int InFeatures, int OutFeatures, bool? Bias, string? ActivationFunction, string? ModuleInputName, string? ModuleOutputName, bool? UseResidual);

/// <summary><c>config.json</c> of a <c>LayerNorm</c> module.</summary>
internal sealed record LayerNormConfig(int Dimension);

/// <summary><c>config.json</c> of a <c>SpladePooling</c> module.</summary>
internal sealed record SpladeConfig(string? PoolingStrategy, string? ActivationFunction);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SentenceModule[]))]
[JsonSerializable(typeof(SentencePrompts))]
[JsonSerializable(typeof(SentenceLimits))]
[JsonSerializable(typeof(DenseConfig))]
[JsonSerializable(typeof(LayerNormConfig))]
[JsonSerializable(typeof(SpladeConfig))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class SentenceJson : JsonSerializerContext;
