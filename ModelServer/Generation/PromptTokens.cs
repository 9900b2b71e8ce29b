using ModelServer.Requests;
using ModelServer.Telemetry;

namespace ModelServer.Generation;

/// <summary>A prompt as the model takes it, and what may follow it.</summary>
/// <param name="MaxTokens">The most tokens of a continuation; prompt and these fit the window.</param>
/// <param name="Shape">How its continuations become text.</param>
internal sealed record PromptTokens(int[] Ids, int MaxTokens, TextShape Shape)
{
    /// <summary>The most tokens that prompt and continuation can have, told without tokenizing: what does not fit the window is refused.</summary>
    public static int Bound(TextGenerationRequest request, DecoderModel model, TextPrompt prompt)
    {
        var window = model.Decoder.Window;
        if (request.MaxTokens is not { } most) return window;
        var bound = prompt.Input is TextInput text ? model.Tokenizer.UpperBound(text.Text) : ((TokenInput)prompt.Input).Ids.Length;
        return (int)Math.Min(window, (long)(request.Truncate is > 0 and var kept ? Math.Min(kept, bound) : bound) + most);
    }

    /// <exception cref="InvalidFieldException">The prompt has no tokens, or does not fit the window with its continuation.</exception>
    public static PromptTokens Of(TextGenerationRequest request, DecoderModel model, TextPrompt prompt)
    {
        using var activity = RequestTrace.Source.StartActivity("tokenize");
        var window = model.Decoder.Window;
        var all = prompt.Input is TextInput text
            ? model.Tokenizer.Encode(text.Text, addSpecialTokens: prompt.AddSpecialTokens, plain: text.PlainParts).Ids
            : ((TokenInput)prompt.Input).Ids;
        var ids = request.Truncate is { } limit ? Last(all, limit > 0 ? limit : Math.Max(1, window - (request.MaxTokens ?? 1))) : all;
        activity?.SetTag("tokens", ids.Length);
        if (ids.Length == 0) throw new InvalidFieldException(request.Field, $"{request.Field} has no tokens.");
        var room = window - ids.Length;
        var maxTokens = request.MaxTokens is not { } most || (request.FitWindow && most > room) ? Math.Max(1, room) : most;
        if (maxTokens > room) throw new InvalidFieldException(ContextLength.Exceeded(request, window, ids.Length, maxTokens));

        if (!request.Echo && request.Sampling.TopLogprobs is null) return new(ids, maxTokens, request.Shape);
        var told = prompt.Input is TextInput given && ids.Length == all.Length ? given.Text : model.Tokenizer.Decode(ids, skipSpecialTokens: true);
        return new(ids, maxTokens, request.Shape with { Echo = request.Echo ? told : null, PromptLength = told.CodePoints() });
    }

    private static int[] Last(int[] ids, int count) => ids.Length > count ? ids[^count..] : ids;
}
