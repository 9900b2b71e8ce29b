using Gateway.Bodies;

namespace Gateway.Usage;

/// <summary>The tokens reserved for a request before it is forwarded.</summary>
internal readonly record struct TokenEstimate(long Prompt, long Completion)
{
    public long Total => Prompt + Completion;

    /// <param name="readsAhead">Whether to read a body of unknown length ahead for it; where nothing is limited it goes through as it comes.</param>
    public static async ValueTask<TokenEstimate> OfAsync(HttpContext context, ReservationOptions options, bool readsAhead)
    {
        var isGeneration = BodyForms.Of(context.Request.Path) != BodyForm.Other;
        var length = context.Request.ContentLength;
        if (!isGeneration && length is { } announced) return new(OfPrompt(announced, options), 0);
        if (!isGeneration && !readsAhead) return default;
        if (await context.PeekBodyAsync() is not { } peeked) return default;
        var prompt = OfPrompt(length ?? peeked.Length, options);
        return new(prompt, isGeneration ? peeked.Facts.CompletionTokens ?? (long)options.CompletionTokens * peeked.Facts.Choices : 0);
    }

    private static long OfPrompt(long bytes, ReservationOptions options) => (bytes + options.BytesPerToken - 1) / options.BytesPerToken;
}
