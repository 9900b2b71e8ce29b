using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.Embed;

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

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SentenceModule[]))]
[JsonSerializable(typeof(SentencePrompts))]
[JsonSerializable(typeof(SentenceLimits))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class SentenceJson : JsonSerializerContext;
