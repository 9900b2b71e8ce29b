using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/generate</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record GenerateRequest(
    [property: Required, MinLength(1)] string Text,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("The most tokens to generate; fewer where the model's window ends first."), Range(1, int.MaxValue), DefaultValue(GenerateRequest.DefaultLength)]
    int? MaxLength = null) : SamplingFields
{
    public const int DefaultLength = 128;
}

public sealed record GenerateResponse(
    [property: Description("What follows the text; the text itself is not repeated.")] string GeneratedText,
    [property: Description("Seconds in the model server.")] double InferenceTime,
    string Model,
    string ModelVersion,
    string RequestId);

/// <summary>The body of <c>POST /v1/batch-generate</c>.</summary>
/// <param name="Requests">Each a <see cref="GenerateRequest"/>, read one by one, so that a bad one spoils no other.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BatchGenerateRequest(
    [property: Required, MinLength(1)] JsonElement[] Requests,
    [property: Description("Repeated in the answer."), MaxLength(BatchGenerateRequest.MaxIdLength)] string? BatchId = null)
{
    public const int MaxIdLength = 256;
}

/// <param name="Results">One for each request, in order.</param>
public sealed record BatchGenerateResponse(
    BatchGenerateResult[] Results,
    string BatchId,
    [property: Description("How many were answered without an error.")] int ProcessedCount);

/// <summary>An answer, or an error.</summary>
[JsonDerivedType(typeof(BatchGenerateAnswer)), JsonDerivedType(typeof(BatchGenerateFailure))]
public abstract record BatchGenerateResult([property: JsonPropertyOrder(-1)] string RequestId);

public sealed record BatchGenerateAnswer(string RequestId, string GeneratedText, double InferenceTime, string Model, string ModelVersion) : BatchGenerateResult(RequestId);

public sealed record BatchGenerateFailure(string RequestId, ApiErrorDetail Error) : BatchGenerateResult(RequestId);
