using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/rerank</c>: ours, and what clients of Cohere (v1), Jina and Voyage send.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RerankRequest(
    [property: Description("What the documents are measured by. Never cut."), Required, MinLength(1)] string Query,
    [property: Description("Texts, or objects with the field text."), Required, MinLength(1), JsonConverter(typeof(DocumentsConverter))] DocumentInput[] Documents,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many of the best to answer; without it all."), Range(1, int.MaxValue)] int? TopN = null,
    [property: Description("Whether results repeat the documents' texts."), DefaultValue(false)] bool? ReturnDocuments = null,
    [property: Description("Whether documents that are too long beside the query are cut instead of refused."), DefaultValue(true)] bool? Truncate = null)
{
    [Description("Voyage's name for top_n."), Range(1, int.MaxValue)]
    public int? TopK { get; init; }

    [Description("Voyage's name for truncate.")]
    public bool? Truncation { get; init; }

    [Description("The most tokens of each document that are read; without it as many as the model takes."), Range(1, int.MaxValue)]
    public int? MaxTokensPerDoc { get; init; }

    [Description("What is looked for, in words, for a model whose prompt has a place for it.")]
    public string? Instruction { get; init; }

    [Description("A document is read as one piece: 1 alone.")]
    public int? MaxChunksPerDoc { get; init; }

    [Description("Not supported: refused unless null.")]
    public JsonElement? RankFields { get; init; }
}

/// <summary>The body of <c>POST /v2/rerank</c>, Cohere's.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CohereRerankRequest(
    [property: Description("What the documents are measured by. Never cut."), Required, MinLength(1)] string Query,
    [property: Description("Texts, or objects with the field text. Those too long beside the query are cut."), Required, MinLength(1), JsonConverter(typeof(DocumentsConverter))] DocumentInput[] Documents,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many of the best to answer; without it all."), Range(1, int.MaxValue)] int? TopN = null,
    [property: Description("The most tokens of each document that are read; without it as many as the model takes."), Range(1, int.MaxValue)] int? MaxTokensPerDoc = null)
{
    [Description("Ignored; x-priority is this platform's.")]
    public int? Priority { get; init; }

    [Description("Not supported: refused unless null.")]
    public JsonElement? RankFields { get; init; }
}

/// <summary>A document to be ranked: <c>string | {"text"}</c>.</summary>
public sealed record DocumentInput(string Text);

/// <param name="Results">Best first.</param>
public sealed record RerankResponse(string Model, string ModelVersion, RankedDocument[] Results, Usage Usage)
{
    [Description("Always list, beside data."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Object { get; init; }

    [Description("The results as Voyage spells them, unless top_n or truncate, which it does not know, was given."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RankedText[]? Data { get; init; }
}

public sealed record RankedDocument(
    [property: Description("The document's place in the request.")] int Index,
    [property: Description("0 to 1; of a model of token vectors the sum over the query's tokens (MaxSim).")] float RelevanceScore,
    [property: Description("Where return_documents asks for it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Document? Document = null);

public sealed record Document(string Text);

public sealed record RankedText(
    [property: Description("The document's place in the request.")] int Index,
    [property: Description("0 to 1.")] float RelevanceScore,
    [property: Description("Where return_documents asks for it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Document = null);

/// <param name="Id">The request's.</param>
/// <param name="Results">Best first.</param>
public sealed record CohereRerankResponse(string Id, RankedDocument[] Results, CohereMeta Meta);

public sealed record CohereMeta(CohereApiVersion ApiVersion, CohereBilledUnits BilledUnits);

public sealed record CohereApiVersion([property: Description("Always 2.")] string Version);

public sealed record CohereBilledUnits([property: Description("Always 1, a request.")] int SearchUnits);
