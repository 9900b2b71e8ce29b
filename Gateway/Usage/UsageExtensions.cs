namespace Gateway.Usage;

internal static class UsageExtensions
{
    public static void AddUsage(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<ReservationOptions, ReservationOptionsValidator>(ReservationOptions.SectionName);
        builder.Services.AddSingleton<UsageQuestions>();
        builder.Services.AddSingleton<UsageMetrics>();
    }

    /// <summary>Stands before the limits, which reserve by it.</summary>
    public static void UseUsageCapture(this WebApplication app) => app.UseMiddleware<UsageCapture>();

    /// <summary>The tokens of a request; null on open routes, and where the request was refused before.</summary>
    public static TokenUsage? TokenUsage(this HttpContext context) => context.Features.Get<TokenUsage>();
}
