using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/fill-mask</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FillMaskRequest(
    [property: Description("One text or a list of texts, each with the model's mask token, such as [MASK], at least once."), Required] TextList Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many candidates for each mask, best first; without it 5."), Range(1, FillMaskRequest.MostCandidates)] int? TopK = null,
    [property: Description("Ranks these alone. One that is no token of the model's counts as its first token.")] TextList? Targets = null,
    [property: Description("Whether texts beyond the model's maximum are cut instead of refused.")] bool Truncate = false)
{
    public const int MostCandidates = 100;
}

/// <param name="Results">One for each input, in order.</param>
public sealed record FillMaskResponse(string Model, string ModelVersion, FilledText[] Results, Usage Usage);

/// <param name="Candidates">Best first.</param>
public sealed record FilledText([property: Description("For the text's mask, best first; for its first one where there are several.")] MaskCandidate[] Candidates)
{
    [Description("Where a text has several masks: what goes into each, in order."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MaskCandidates[]? Masks { get; init; }
}

/// <param name="Candidates">Best first.</param>
public sealed record MaskCandidates(MaskCandidate[] Candidates);

public sealed record MaskCandidate(
    [property: Description("As text.")] string Token,
    int Id,
    [property: Description("Its probability among all tokens of the vocabulary.")] float Score,
    [property: Description("The tokens with this one in place of the mask, as text; with the special tokens where other masks remain.")] string Sequence);
