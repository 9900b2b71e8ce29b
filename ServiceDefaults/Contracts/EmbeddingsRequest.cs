using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/embeddings</c>: OpenAI's fields and two of ours. Fields that are not known are ignored: clients of that API grow new ones.</summary>
public sealed record EmbeddingsRequest(
    [property: Description("One text, a list of texts, one list of token ids, or a list of those; ids are taken as they are, no special tokens are added."), Required] EmbeddingInput Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("float, or base64 of little-endian float32."), AllowedValues(EmbeddingsRequest.Float, EmbeddingsRequest.Base64)] string? EncodingFormat = null,
    [property: Description("How many of a vector's first numbers to answer, of length 1 again where the whole vector is; without it all."), Range(1, int.MaxValue)] int? Dimensions = null,
    [property: Description("Ignored.")] string? User = null,
    [property: Description("Which of the model's prompts to put in front of each text; without it the model's default one, if it has one.")] string? PromptName = null,
    [property: Description("Whether inputs beyond the model's maximum are cut instead of refused.")] bool Truncate = false)
{
    public const string Float = "float", Base64 = "base64";
}

/// <param name="Data">One for each input, in order.</param>
public sealed record EmbeddingsResponse(EmbeddingItem[] Data, string Model, Usage Usage, string Object);

public sealed record EmbeddingItem(
    [property: Description("The input's place in the request.")] int Index,
    EmbeddingVector Embedding,
    string Object);
