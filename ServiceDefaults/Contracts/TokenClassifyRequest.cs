using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/token-classify</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TokenClassifyRequest(
    [property: Description("One text or a list of texts."), Required] TextList Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How tokens become entities: none answers each token; simple joins neighbours by their labels; first, average and max let each word have one label. Without it simple."),
        AllowedValues(TokenClassifyRequest.None, TokenClassifyRequest.Simple, TokenClassifyRequest.First, TokenClassifyRequest.Average, TokenClassifyRequest.Max)] string? Aggregation = null,
    [property: Description("Labels that are left out, as the answer would spell them; without it O.")] string[]? IgnoreLabels = null,
    [property: Description("How many tokens two windows of a text beyond the model's maximum share; without it a quarter of what the model takes."), Range(0, int.MaxValue)] int? Stride = null,
    [property: Description("Whether texts beyond the model's maximum are cut instead of read in windows.")] bool Truncate = false)
{
    public const string None = "none", Simple = "simple", First = "first", Average = "average", Max = "max";
}

/// <param name="Results">One for each input, in order.</param>
public sealed record TokenClassifyResponse(string Model, string ModelVersion, TextEntities[] Results, Usage Usage);

/// <param name="Entities">In the order of the text.</param>
public sealed record TextEntities(Entity[] Entities);

public sealed record Entity(
    [property: Description("The label, without B- and I- where tokens are joined.")] string Label,
    float Score,
    [property: Description("As the input has it.")] string Text,
    [property: Description("In Unicode code points of the input.")] int Start,
    int End)
{
    [Description("The token as the vocabulary spells it, with aggregation none."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Word { get; init; }

    [Description("The token's place, special tokens counted, with aggregation none."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Index { get; init; }
}
