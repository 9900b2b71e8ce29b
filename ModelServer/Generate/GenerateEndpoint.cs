using System.Text.Json.Serialization;
using ModelServer.Embed;
using ModelServer.Generation;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;

namespace ModelServer.Generate;

/// <summary><c>POST /v1/generate</c>: one text in, its continuation out.</summary>
internal static class GenerateEndpoint
{
    public static async Task<IResult> HandleAsync(GenerateRequest request, TextGenerator generator, HttpContext http, TimeProvider time)
    {
        if (request.Validate() is { } error) return new ApiErrorResult(error);
        var start = time.GetTimestamp();
        using var generation = generator.Start(request.ToGeneration(Caller.From(http)));
        var answers = await generation.ReadToEndAsync(http.RequestAborted);

        ResponseHeaders.Write(http, generation.Version.Name, generation.Version.Version, generation.Timing(), generation.PromptTokens, generation.CompletionTokens);
        return TypedResults.Ok(new GenerateResponse(
            answers[0].Text, time.GetElapsedTime(start).TotalSeconds, generation.Version.Name, generation.Version.Version, http.RequestId()));
    }
}

/// <param name="MaxLength">The most tokens to generate, or as many as the model's window has room for.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record GenerateRequest(string? Text, string? Model, int? MaxLength) : SamplingFields
{
    private const int DefaultLength = 128;

    internal ApiError? Validate() => this switch
    {
        { Text: null } => Required("text"),
        { Text: "" } => Invalid("text", "text must not be empty."),
        { MaxLength: < 1 } => Invalid("max_length", "max_length must be at least 1."),
        _ => ValidateSampling(MaxLength ?? DefaultLength),
    };

    internal TextGenerationRequest ToGeneration(Caller caller) => new(Model, _ => [new(new TextInput(Text!))], caller, ToSamplingOptions())
    {
        MaxTokens = MaxLength ?? DefaultLength,
        FitWindow = true,
        MinTokens = MinTokens ?? 0,
        IgnoreEndTokens = IgnoreEos ?? false,
        Stops = Stop ?? [],
        Field = "text",
    };
}

/// <param name="GeneratedText">What follows the text; the text itself is not repeated.</param>
/// <param name="InferenceTime">Seconds in the model server.</param>
public sealed record GenerateResponse(string GeneratedText, double InferenceTime, string Model, string ModelVersion, string RequestId);
