using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/tokenize</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenizeRequest(
    [property: Description("name or name:version."), Required] string Model,
    [property: Required] string Text,
    [property: Description("A second text; an empty one is still one.")] string? TextPair = null,
    [property: Description("Whether the tokens that the model's template adds are there.")] bool AddSpecialTokens = true);

public sealed record TokenizeResponse(
    int[] Ids,
    [property: Description("As the vocabulary spells them.")] string[] Tokens,
    [property: Description("Where each token stands in its own text, start and end in Unicode code points; [0, 0] for special tokens.")] int[][] Offsets,
    int Count,
    string Model,
    string ModelVersion);

/// <summary>The body of <c>POST /v1/detokenize</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DetokenizeRequest(
    [property: Description("name or name:version."), Required] string Model,
    [property: Required] int[] Ids,
    [property: Description("Whether special tokens are left out of the text.")] bool SkipSpecialTokens = true);

public sealed record DetokenizeResponse(string Text, string Model, string ModelVersion);
