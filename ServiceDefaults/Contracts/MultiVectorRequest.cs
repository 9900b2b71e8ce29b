using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/multi-vector-embeddings</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MultiVectorRequest(
    [property: Description("A text, or a list of texts."), Required] StopInput Input,
    [property: Description("What the texts are: the model marks queries and documents differently, and fills queries up."), Required, AllowedValues(MultiVectorRequest.Query, MultiVectorRequest.Document)] string InputType,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("float, or base64 of little-endian float32."), AllowedValues(EmbeddingsRequest.Float, EmbeddingsRequest.Base64)] string? EncodingFormat = null,
    [property: Description("Whether texts beyond the model's lengths of queries and documents are cut instead of refused."), DefaultValue(true)] bool? Truncate = null)
{
    public const string Query = "query", Document = "document";
}

/// <param name="Results">One for each input, in order.</param>
public sealed record MultiVectorResponse(string Model, string ModelVersion, MultiVectorEmbedding[] Results, Usage Usage);

public sealed record MultiVectorEmbedding([property: Description("One for each token that counts, in order, of length 1.")] EmbeddingVector[] Vectors);
