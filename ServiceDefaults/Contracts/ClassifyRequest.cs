using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/classify</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ClassifyRequest(
    [property: Description("One text, a list of texts, or a list of [text, pair] lists."), Required] ClassifyInput Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many labels for each input, best first; without it all."), Range(1, int.MaxValue)] int? TopK = null,
    [property: Description("Whether texts beyond the model's maximum are cut instead of refused.")] bool Truncate = false);

/// <param name="Results">One for each input, in order.</param>
public sealed record ClassifyResponse(string Model, string ModelVersion, Classification[] Results, Usage Usage);

/// <param name="Labels">Best first.</param>
public sealed record Classification(LabelScore[] Labels);

public sealed record LabelScore(string Label, float Score);
