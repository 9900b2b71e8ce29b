using Microsoft.AspNetCore.Authorization;

namespace Gateway.Usage;

/// <summary>Collects the tokens that each request used in a <see cref="TokenUsage"/> among the request's features.</summary>
internal sealed class UsageCapture(RequestDelegate next)
{
    private static readonly PathString[] Generations = ["/v1/completions", "/v1/chat/completions", "/v1/generate", "/v1/batch-generate", "/generate", "/generate_stream"];

    public static bool IsGeneration(HttpRequest request) => Array.Exists(Generations, path => request.Path.StartsWithSegments(path));

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null) return next(context);
        var usage = new TokenUsage();
        context.Features.Set(usage);
        // Other answers have their headers before the body.
        return IsGeneration(context.Request) ? SniffAsync(context, usage) : next(context);
    }

    private async Task SniffAsync(HttpContext context, TokenUsage usage)
    {
        var body = context.Response.Body;
        await using var sniffer = new UsageSniffer(body, usage);
        context.Response.Body = sniffer;
        context.Features.Set(sniffer);
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }
    }
}

internal static class UsageExtensions
{
    public static void UseUsageCapture(this WebApplication app) => app.UseMiddleware<UsageCapture>();

    /// <summary>Returns the tokens that an answered request used; null on open routes.</summary>
    public static TokenUsage? FinalUsage(this HttpContext context)
    {
        context.Features.Get<UsageSniffer>()?.Finish();
        return context.Features.Get<TokenUsage>();
    }
}

/// <summary>The tokens one request really took, as its model server reports them in headers that no client sees.</summary>
internal sealed class TokenUsage
{
    /// <summary>The model that answered, by its name alone.</summary>
    public string? Model { get; private set; }

    public long? Prompt { get; set; }

    public long? Completion { get; set; }

    /// <summary>Takes the headers off the answer.</summary>
    public void Take(IHeaderDictionary headers)
    {
        var report = ReportedUsage.TakeFrom(headers);
        Model = report.Model ?? Model;
        Prompt = report.PromptTokens ?? Prompt;
        Completion = report.CompletionTokens ?? Completion;
    }
}
