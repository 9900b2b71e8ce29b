using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/rerank</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RerankRequest(
    [property: Description("What the documents are measured by. Never cut."), Required, MinLength(1)] string Query,
    [property: Description("Texts, or objects with the field text."), Required, MinLength(1), JsonConverter(typeof(DocumentsConverter))] DocumentInput[] Documents,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many of the best to answer; without it all."), Range(1, int.MaxValue)] int? TopN = null,
    [property: Description("Whether results repeat the documents' texts.")] bool ReturnDocuments = false,
    [property: Description("Whether documents that are too long beside the query are cut instead of refused.")] bool Truncate = true);

/// <summary>A document to be ranked: <c>string | {"text"}</c>.</summary>
public sealed record DocumentInput(string Text);

/// <param name="Results">Best first.</param>
public sealed record RerankResponse(string Model, string ModelVersion, RankedDocument[] Results, Usage Usage);

public sealed record RankedDocument(
    [property: Description("The document's place in the request.")] int Index,
    [property: Description("0 to 1.")] float RelevanceScore,
    [property: Description("Where return_documents asks for it."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Document? Document = null);

public sealed record Document(string Text);
