using ModelServer.ModelFiles;
using ModelServer.Sampling;

namespace ModelServer.Generation;

/// <summary>Checks the fields that every generating route takes, and makes of them what the sampler takes.</summary>
internal static class SamplingConversion
{
    private const int MaxStops = 4, MaxStopLength = 1024, MaxBiases = 1024;

    /// <param name="defaults">Of the model, for what they leave out; null for the platform's alone.</param>
    public static SamplingOptions ToSamplingOptions(this SamplingFields fields, int? topLogprobs = null, SamplingDefaults? defaults = null) => new()
    {
        Temperature = fields.Temperature ?? defaults?.Temperature ?? 1,
        TopP = fields.TopP ?? defaults?.TopP ?? 1,
        TopK = Math.Max(fields.TopK ?? defaults?.TopK ?? 0, 0),
        MinP = fields.MinP ?? defaults?.MinP ?? 0,
        RepetitionPenalty = fields.RepetitionPenalty ?? defaults?.RepetitionPenalty ?? 1,
        PresencePenalty = fields.PresencePenalty ?? 0,
        FrequencyPenalty = fields.FrequencyPenalty ?? 0,
        LogitBias = fields.LogitBias ?? [],
        Seed = (ulong?)fields.Seed,
        TopLogprobs = topLogprobs,
    };

    /// <summary>With what they say of where a text begins and ends, and of what is text.</summary>
    public static TextGenerationRequest WithTextOf(this TextGenerationRequest request, SamplingFields fields) => request with
    {
        MinTokens = fields.MinTokens ?? 0,
        IgnoreEndTokens = fields.IgnoreEos ?? false,
        StopTokens = fields.StopTokenIds ?? [],
        Truncate = fields.TruncatePromptTokens,
        Shape = new()
        {
            Stops = fields.Stop?.Strings ?? [],
            KeepsStop = fields.IncludeStopStrInOutput ?? false,
            SkipsSpecialTokens = fields.SkipSpecialTokens ?? true,
        },
    };

    /// <summary>Leaves to the model what they do not say.</summary>
    /// <param name="maxTokens">What the request asks for; null where <see cref="TextGenerationRequest.MaxTokens"/> is the route's default.</param>
    public static TextGenerationRequest LeavingTheRest(this TextGenerationRequest request, SamplingFields fields, int? maxTokens)
        => request with { Said = new(fields, maxTokens, request.MaxTokens, request.FitWindow) };

    /// <summary>With a model's defaults in place of what was left to it. What is the same for all models is as it was: another model's may follow.</summary>
    public static TextGenerationRequest For(this TextGenerationRequest request, SamplingDefaults defaults) => request.Said is not { } said
        ? request
        : request with
        {
            Sampling = said.Fields.ToSamplingOptions(request.Sampling.TopLogprobs, defaults),
            MaxTokens = said.MaxTokens ?? defaults.MaxTokens ?? said.RouteMaxTokens,
            // Nobody asked for so many in this window.
            FitWindow = said.RouteFitsWindow || (said.MaxTokens is null && defaults.MaxTokens is not null),
        };

    /// <summary>What is wrong with them, or null.</summary>
    /// <param name="maxTokens">What the request asks for under another name.</param>
    public static FieldError? ValidateSampling(this SamplingFields fields, int? maxTokens) => fields switch
    {
        { Temperature: not (null or (>= 0 and <= 2)) } => new("temperature", "temperature must be 0 to 2."),
        { TopP: not (null or (>= 0 and <= 1)) } => new("top_p", "top_p must be 0 to 1."),
        { TopK: < -1 } => new("top_k", "top_k must be at least 0, or -1."),
        { MinP: not (null or (>= 0 and <= 1)) } => new("min_p", "min_p must be 0 to 1."),
        { RepetitionPenalty: not (null or (>= 0.01f and <= 100)) } => new("repetition_penalty", "repetition_penalty must be 0.01 to 100."),
        { PresencePenalty: not (null or (>= -2 and <= 2)) } => new("presence_penalty", "presence_penalty must be -2 to 2."),
        { FrequencyPenalty: not (null or (>= -2 and <= 2)) } => new("frequency_penalty", "frequency_penalty must be -2 to 2."),
        { LogitBias.Count: > MaxBiases } => new("logit_bias", $"logit_bias may name at most {MaxBiases} tokens."),
        { LogitBias: { } bias } when bias.Values.Any(b => b is not (>= -100 and <= 100)) => new("logit_bias", "The values of logit_bias must be -100 to 100."),
        { Stop.Strings.Length: > MaxStops } => new("stop", $"stop may name at most {MaxStops} strings."),
        { Stop.Strings: { } stops } when stops.Any(s => s.Length is 0 or > MaxStopLength) => new("stop", $"Strings of stop must have 1 to {MaxStopLength} characters."),
        { StopTokenIds.Length: > SamplingFields.MaxStopTokens } => new("stop_token_ids", $"stop_token_ids may name at most {SamplingFields.MaxStopTokens} tokens."),
        { TruncatePromptTokens: 0 or < -1 } => new("truncate_prompt_tokens", "truncate_prompt_tokens must be at least 1, or -1."),
        { MinTokens: < 0 } => new("min_tokens", "min_tokens must be at least 0."),
        _ when fields.MinTokens > maxTokens => new("min_tokens", "min_tokens must not be more than the most tokens asked for."),
        _ => null,
    };
}
