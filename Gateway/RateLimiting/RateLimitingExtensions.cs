using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

internal static class RateLimitingExtensions
{
    private const string Purpose = "this gateway counts its share of the limits alone";

    /// <summary>Adds the limits of each client, which all gateways share where Redis is configured.</summary>
    public static void AddClientRateLimit(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<RateLimitingOptions, RateLimitingOptionsValidator>(RateLimitingOptions.SectionName);
        services.AddSingleton<LimitMetrics>();
        services.AddSingleton<UnknownTiers>();
        services.AddSingleton<InstanceCount>();
        services.AddSingleton<IQuotaLedger>(provider => new RedisLedger(Redis(provider), provider.GetRequiredService<LimitMetrics>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClientRateLimiter>(provider, Redis(provider)));
        services.AddHostedService(provider => provider.GetRequiredService<ClientRateLimiter>());
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<Heartbeat>(provider, Redis(provider)));
    }

    public static void UseClientRateLimit(this WebApplication app) => app.UseMiddleware<ClientRateLimit>();

    // Each with a breaker of its own: one that fails says nothing of the others' keys or scripts.
    private static BoundedRedis Redis(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<RateLimitingOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        return new(
            provider.GetService<RedisConnection>()?.Connecting, Purpose, options.RedisBudget, new(options.BreakerFailures, options.BreakerPause, time), time,
            provider.GetRequiredService<ILogger<ClientRateLimiter>>());
    }
}
