using ModelServer.Generation;
using ModelServer.Inference;

namespace ModelServer.Drift;

internal static class DriftExtensions
{
    private const string Purpose = "baselines of drift are this replica's alone";
    private const int BreakerFailures = 3;
    private static readonly TimeSpan RedisBudget = TimeSpan.FromSeconds(1), BreakerPause = TimeSpan.FromSeconds(5);

    /// <summary>Watches what versions get and answer. After <c>AddResultCache</c>, which brings Redis.</summary>
    public static void AddDrift(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<DriftOptions, DriftOptionsValidator>(DriftOptions.SectionName);
        services.AddSingleton<DriftWatches>();
        services.AddSingleton<DriftMetrics>();
        services.AddSingleton(provider => new BaselineStore(Redis(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<DriftCheck>();
        services.AddSingleton<DriftObserver>();
        services.AddSingleton<IEncoderObserver>(provider => provider.GetRequiredService<DriftObserver>());
        services.AddSingleton<ITextObserver>(provider => provider.GetRequiredService<DriftObserver>());
    }

    public static void MapDrift(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/drift/{model}").RequireAuthorization(Scopes.Admin).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapGet("", DriftEndpoints.Get);
        group.MapPost("/reset", DriftEndpoints.ResetAsync);
        group.MapPut("/baseline", DriftEndpoints.StoreAsync).WithBodyLimit(4 * 1024 * 1024);
    }

    private static BoundedRedis? Redis(IServiceProvider provider)
    {
        if (provider.GetService<RedisConnection>() is not { } connection) return null;
        var time = provider.GetRequiredService<TimeProvider>();
        return new(connection.Connecting, Purpose, RedisBudget, new(BreakerFailures, BreakerPause, time), time, provider.GetRequiredService<ILogger<BaselineStore>>());
    }
}
