using Gateway.Telemetry;
using Microsoft.AspNetCore.RateLimiting;
using ServiceDefaults;

namespace Gateway.RateLimiting;

internal static class RateLimitingExtensions
{
    public static void AddClientRateLimit(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<RateLimitingOptions, RateLimitingOptionsValidator>(RateLimitingOptions.SectionName);
        services.AddSingleton<ClientRateLimiter>();
        services.AddSingleton<RequestLimiter>();
        services.AddRateLimiter(limiter => limiter.OnRejected = Refuse);
        services.AddOptions<RateLimiterOptions>().Configure<RequestLimiter>((limiter, requests) => limiter.GlobalLimiter = requests);
    }

    private static async ValueTask Refuse(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var context = rejected.HttpContext;
        var decision = ((RequestLimiter.Lease)rejected.Lease).Decision!.Value;
        context.RequestServices.GetRequiredService<GatewayMetrics>().RateLimited(decision.Tier);
        var error = new ApiError(429, $"The limit of {decision.Limit} requests a minute is used up.") { Code = "rate_limit_exceeded", RetryAfter = decision.RetryAfter };
        await new ApiErrorResult(error).ExecuteAsync(context);
    }
}
