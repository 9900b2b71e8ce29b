using System.Text.Json;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.HuggingFace;

/// <summary>Checks a body of Text Generation Inference, and makes of it what the generator takes.</summary>
internal static class TgiConversion
{
    private static readonly TgiParameters Sampled = new() { DoSample = true };

    public static FieldError? Validate(this TgiRequest request) => request switch
    {
        { Inputs: null } => FieldError.Required("inputs"),
        { Inputs: "" } => new("inputs", "inputs must not be empty."),
        { Parameters: { } parameters } when Validate(parameters) is { } error => error with { Param = $"parameters.{error.Param}" },
        _ => null,
    };

    public static TextGenerationRequest ToGeneration(this TgiRequest request, Caller caller, bool tellsTokens)
    {
        var parameters = request.Parameters ?? Sampled;
        var sampling = parameters.ToSamplingOptions(tellsTokens ? 0 : null);
        var text = new TextGenerationRequest(request.Model, _ => [new(new TextInput(request.Inputs))], caller, Samples(parameters) ? sampling : sampling with { Temperature = 0 })
        {
            MaxTokens = parameters.MaxNewTokens ?? TgiParameters.DefaultTokens,
            FitWindow = true,
            Field = "inputs",
            MaxTokensField = "parameters.max_new_tokens",
        }.WithTextOf(parameters);
        return text with
        {
            Truncate = parameters.Truncate ?? text.Truncate,
            // As that server does, the string that ends a text is its last part.
            Shape = text.Shape with { Stops = (parameters.Stop ?? parameters.StopSequences)?.Strings ?? [], KeepsStop = parameters.IncludeStopStrInOutput ?? true },
        };
    }

    /// <summary>That server samples when told to, or when a field says how.</summary>
    private static bool Samples(TgiParameters parameters)
        => parameters.DoSample == true || parameters is { Temperature: not (null or 1) } or { TopK: > 0 } or { TopP: < 1 } or { MinP: > 0 };

    private static FieldError? Validate(TgiParameters parameters) => parameters switch
    {
        { MaxNewTokens: < 1 } => new("max_new_tokens", "max_new_tokens must be at least 1."),
        { Truncate: < 1 } => new("truncate", "truncate must be at least 1."),
        { Stop: not null, StopSequences: not null } => new("stop_sequences", "stop_sequences is the older name of stop; one of them is enough."),
        { BestOf: not (null or 1) } => FieldError.Unsupported("best_of", "best_of must be 1: one continuation is answered."),
        { TypicalP: not (null or 1) } => FieldError.Unsupported("typical_p", "typical_p is not supported; temperature, top_k, top_p and min_p are."),
        { TopNTokens: not (null or 0) } => FieldError.Unsupported("top_n_tokens", "top_n_tokens is not supported; logprobs of /v1/completions is."),
        { DecoderInputDetails: true } => FieldError.Unsupported("decoder_input_details", "decoder_input_details is not supported; echo with logprobs on /v1/completions is."),
        { Watermark: true } => FieldError.Unsupported("watermark", "watermark is not supported."),
        { Grammar: { ValueKind: not JsonValueKind.Null } } => FieldError.Unsupported("grammar", "grammar is not supported."),
        { AdapterId: not (null or "") } => FieldError.Unsupported("adapter_id", "adapter_id is not supported; name the model in model."),
        _ => (parameters.StopSequences is null ? parameters : parameters with { Stop = parameters.StopSequences }).ValidateSampling(parameters.MaxNewTokens ?? TgiParameters.DefaultTokens),
    };
}
