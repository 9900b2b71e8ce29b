using ModelServer.Answers;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.Generate;

/// <summary><c>POST /v1/generate</c>: one text in, its continuation out.</summary>
internal static class GenerateEndpoint
{
    public static async Task<IResult> HandleAsync(GenerateRequest request, TextGenerator generator, HttpContext http, TimeProvider time)
    {
        var start = time.GetTimestamp();
        using var generation = generator.Start(request.ToGeneration(Caller.From(http)));
        var answers = await generation.ReadToEndAsync(http.RequestAborted);

        ResponseHeaders.Write(http, generation.Version.Version, generation.Timing());
        return TypedResults.Ok(new GenerateResponse(
            answers[0].Text, time.GetElapsedTime(start).TotalSeconds, generation.Version.Name, generation.Version.Version, http.RequestId()));
    }

    public static FieldError? Validate(this GenerateRequest request) => request switch
    {
        { Text: null } => FieldError.Required("text"),
        { Text: "" } => new("text", "text must not be empty."),
        { MaxLength: < 1 } => new("max_length", "max_length must be at least 1."),
        _ => request.ValidateSampling(request.MaxLength ?? GenerateRequest.DefaultLength),
    };

    public static TextGenerationRequest ToGeneration(this GenerateRequest request, Caller caller)
        => new TextGenerationRequest(request.Model, _ => [new(new TextInput(request.Text))], caller, request.ToSamplingOptions())
        {
            MaxTokens = request.MaxLength ?? GenerateRequest.DefaultLength,
            FitWindow = true,
            Field = "text",
        }.WithTextOf(request).LeavingTheRest(request, request.MaxLength);
}
