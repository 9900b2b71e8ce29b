using Gateway.Bodies;
using Gateway.Usage;

namespace Gateway.RateLimiting;

/// <summary>The tokens reserved for a request before it is forwarded.</summary>
internal readonly record struct TokenEstimate(long Prompt, long Completion)
{
    public long Total => Prompt + Completion;

    public static async ValueTask<TokenEstimate> OfAsync(HttpContext context, RateLimitingOptions options)
    {
        var isGeneration = UsageCapture.IsGeneration(context.Request);
        var length = context.Request.ContentLength;
        if (!isGeneration && length is { } announced) return new(OfPrompt(announced, options), 0);
        if (await context.PeekBodyAsync() is not { } peeked) return default;
        var prompt = OfPrompt(length ?? peeked.Length, options);
        return new(prompt, isGeneration ? peeked.Facts.CompletionTokens ?? (long)options.CompletionTokens * peeked.Facts.Choices : 0);
    }

    /// <summary>Returns the tokens to charge when the request is finished; null to charge the whole reservation.</summary>
    public long? Charge(TokenUsage? usage, int status) => usage switch
    {
        { Prompt: null, Completion: null } or null => status >= 400 ? 0 : null,
        _ => (usage.Prompt ?? Prompt) + (usage.Completion ?? 0),
    };

    private static long OfPrompt(long bytes, RateLimitingOptions options) => (bytes + options.BytesPerToken - 1) / options.BytesPerToken;
}
