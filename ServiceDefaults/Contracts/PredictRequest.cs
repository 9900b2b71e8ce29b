using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /predict</c>. As in every request here, a member may be missing whatever its type says, until the model server has checked it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record PredictRequest(
    [property: Description("The text to classify."), Required, MinLength(1)] string Text,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("Tokens to keep; the default and the most is the model's own maximum."), Range(PredictRequest.MinMaxLength, int.MaxValue)] int? MaxLength = null)
{
    /// <summary>Room for the special tokens and one of the text's.</summary>
    public const int MinMaxLength = 3;
}

public sealed record PredictResponse(
    [property: Description("The best label.")] string Label,
    [property: Description("Its probability, 0 to 1.")] float Score,
    [property: Description("The model that answered.")] string Model,
    [property: Description("Its version.")] string ModelVersion,
    [property: Description("Seconds in the model server.")] double ProcessingTime,
    [property: Description("Whether the answer was remembered rather than computed.")] bool FromCache);
