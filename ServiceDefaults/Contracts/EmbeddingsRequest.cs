using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/embeddings</c>: OpenAI's fields and some of ours. Fields that are not known are ignored, since clients of that API grow new
/// ones; those known to change the answer elsewhere are refused by name.</summary>
public sealed record EmbeddingsRequest(
    [property: Description("One text, a list of texts, one list of token ids, or a list of those; ids are the model's own, taken as they are: no special tokens are added."), Required] EmbeddingInput Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("float, or base64 of little-endian float32."), AllowedValues(EmbeddingsRequest.Float, EmbeddingsRequest.Base64)] string? EncodingFormat = null,
    [property: Description("How many of a vector's first numbers to answer, of length 1 again where the whole vector is; without it all."), Range(1, int.MaxValue)] int? Dimensions = null,
    [property: Description("Ignored.")] string? User = null,
    [property: Description("Which of the model's prompts to put in front of each text; without it the model's default one, if it has one.")] string? PromptName = null,
    [property: Description("Whether inputs beyond the model's maximum are cut instead of refused; without it as the server and the model's own files say.")] bool? Truncate = null,
    [property: Description("Cuts inputs to so many tokens, special ones included; -1 to the model's maximum."), Range(-1, int.MaxValue)] int? TruncatePromptTokens = null,
    [property: Description("Whether vectors have length 1; without it as the model's own files say.")] bool? Normalize = null)
{
    public const string Float = "float", Base64 = "base64";

    /// <summary>Members that this server has no name for.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

/// <param name="Data">One for each input, in order.</param>
public sealed record EmbeddingsResponse(EmbeddingItem[] Data, string Model, Usage Usage, string Object);

public sealed record EmbeddingItem(
    [property: Description("The input's place in the request.")] int Index,
    EmbeddingVector Embedding,
    string Object);
