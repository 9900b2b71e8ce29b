namespace Gateway.RateLimiting;

internal static class RateLimitingExtensions
{
    public static void AddClientRateLimit(this WebApplicationBuilder builder) => builder.Services.AddRateLimiter(_ => { });
}
