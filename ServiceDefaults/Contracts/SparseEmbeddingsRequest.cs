using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/sparse-embeddings</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SparseEmbeddingsRequest(
    [property: Description("One text, a list of texts, one list of token ids, or a list of those; ids are the model's own, taken as they are: no special tokens are added."), Required] EmbeddingInput Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many of the largest weights to answer for each input; without it all that are not 0."), Range(1, int.MaxValue)] int? TopK = null,
    [property: Description("The least weight to answer, at least 0; without it any that is not 0.")] float? MinValue = null,
    [property: Description("Which of the model's prompts to put in front of each text; without it the model's default one, if it has one.")] string? PromptName = null,
    [property: Description("Whether inputs beyond the model's maximum are cut instead of refused; without it as the model's own files say.")] bool? Truncate = null);

/// <param name="Results">One for each input, in order.</param>
public sealed record SparseEmbeddingsResponse(string Model, string ModelVersion, SparseEmbedding[] Results, Usage Usage);

/// <summary>What of a vector is not 0.</summary>
public sealed record SparseEmbedding(
    [property: Description("Places in the vector, which are ids of the model's tokens, in order.")] int[] Indices,
    [property: Description("The weight at each of them.")] float[] Values);
