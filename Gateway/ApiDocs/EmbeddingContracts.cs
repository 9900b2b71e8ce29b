using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Gateway.ApiDocs;

/// <summary>The bodies of the embedding and reranking routes, for the API document alone.</summary>
public sealed record EmbeddingsRequest(
    [property: Description("One text, a list of texts, one list of token ids, or a list of those; ids are taken as they are, no special tokens are added.")] EmbeddingInput Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("float, or base64 of little-endian float32."), AllowedValues("float", "base64")] string? EncodingFormat = null,
    [property: Description("How many of a vector's first numbers to answer, of length 1 again where the whole vector is; without it all."), Range(1, int.MaxValue)] int? Dimensions = null,
    [property: Description("Ignored.")] string? User = null,
    [property: Description("Which of the model's prompts to put in front of each text; without it the model's default one, if it has one.")] string? PromptName = null,
    [property: Description("Whether inputs beyond the model's maximum are cut instead of refused.")] bool Truncate = false);

public sealed record EmbeddingsResponse(string Object, EmbeddingItem[] Data, string Model, Usage Usage);

public sealed record EmbeddingItem(
    string Object,
    [property: Description("The input's place in the request.")] int Index,
    EmbeddingVector Embedding);

public sealed record RerankRequest(
    [property: Description("What the documents are measured by. Never cut."), Required, MinLength(1)] string Query,
    [property: Description("Texts, or objects with the field text."), Required, MinLength(1)] DocumentInput[] Documents,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many of the best to answer; without it all."), Range(1, int.MaxValue)] int? TopN = null,
    [property: Description("Whether results repeat the documents' texts.")] bool ReturnDocuments = false,
    [property: Description("Whether documents that are too long beside the query are cut instead of refused.")] bool Truncate = true);

public sealed record RerankResponse(string Model, string ModelVersion, RankedDocument[] Results, Usage Usage);

public sealed record RankedDocument(
    [property: Description("The document's place in the request.")] int Index,
    [property: Description("0 to 1.")] double RelevanceScore,
    [property: Description("Where return_documents asks for it.")] Document? Document = null);

public sealed record Document(string Text);

/// <summary>Stands for <c>string | string[] | int[] | int[][]</c>.</summary>
public sealed record EmbeddingInput;

/// <summary>Stands for <c>float[] | string</c>.</summary>
public sealed record EmbeddingVector;

/// <summary>Stands for <c>string | {text}</c>.</summary>
public sealed record DocumentInput;
