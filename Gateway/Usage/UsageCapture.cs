using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace Gateway.Usage;

/// <summary>Begins the <see cref="TokenUsage"/> of each request that needs a token, one of the request's features, by what it may take.</summary>
internal sealed class UsageCapture(RequestDelegate next, UsageQuestions questions, IOptions<ReservationOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) return next(context);
        var estimate = TokenEstimate.OfAsync(context, options.Value, readsAhead: false);
        if (!estimate.IsCompletedSuccessfully) return ReadAheadAsync(context, estimate);
        context.Features.Set(new TokenUsage(questions) { Reserved = estimate.Result });
        return next(context);
    }

    private async Task ReadAheadAsync(HttpContext context, ValueTask<TokenEstimate> estimate)
    {
        context.Features.Set(new TokenUsage(questions) { Reserved = await estimate });
        await next(context);
    }
}
