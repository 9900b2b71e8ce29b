using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/zero-shot-classify</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ZeroShotClassifyRequest(
    [property: Description("One text or a list of texts."), Required] StopInput Input,
    [property: Description("What a text may be about, in the words that the hypothesis is made of."), Required, MinLength(1)] string[] Labels,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("The sentence that the model finds true of a text or not, with {} where the label goes."), DefaultValue(ZeroShotClassifyRequest.DefaultTemplate)] string? HypothesisTemplate = null,
    [property: Description("Whether each label is judged alone, so that several may hold, rather than one against the others."), DefaultValue(false)] bool? MultiLabel = null,
    [property: Description("Whether texts that are too long beside the hypothesis are cut instead of refused."), DefaultValue(true)] bool? Truncate = null)
{
    public const string DefaultTemplate = "This example is {}.";
}

/// <param name="Results">One for each input, in order.</param>
public sealed record ZeroShotClassifyResponse(string Model, string ModelVersion, Classification[] Results, Usage Usage);
