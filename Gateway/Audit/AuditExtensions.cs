using Microsoft.Extensions.Logging.Console;
using ServiceDefaults;

namespace Gateway.Audit;

internal static class AuditExtensions
{
    public static void AddAudit(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<AuditOptions, AuditOptionsValidator>(AuditOptions.SectionName);
        services.AddSingleton<AuditLog>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditLog>());
        services.AddSingleton(provider => new UsageTotals(
            provider.GetService<RedisConnection>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<UsageTotals>>()));
        services.AddHostedService(provider => provider.GetRequiredService<UsageTotals>());
        services.AddHostedService<UnreadableRequests>();
        builder.Logging.AddFilter<ConsoleLoggerProvider>(AuditLog.ExportCategory, LogLevel.None);
    }

    /// <summary>Outside of everything that refuses.</summary>
    public static void UseAudit(this WebApplication app) => app.UseMiddleware<AuditTrail>();

    /// <summary>Behind authorization and the limit of the body.</summary>
    public static void UseAuditedInput(this WebApplication app) => app.UseMiddleware<AuditedInput>();

    /// <summary>Maps <c>GET /admin/usage?day=2030-01-31</c>: requests and tokens of a day (UTC; today) by client and model.</summary>
    public static void MapUsage(this WebApplication app)
        => app.MapGet("/admin/usage", UsageAsync).RequireAuthorization(Scopes.Admin).WithInvalidFieldStatus(422).ExcludeFromDescription();

    private static async Task<IResult> UsageAsync(DateOnly? day, UsageTotals totals, TimeProvider time)
    {
        var asked = day ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return await totals.ReadAsync(asked) is { } rows
            ? TypedResults.Ok(new UsageReport(asked, rows))
            : new ApiErrorResult(new(503, "Usage cannot be looked up now.") { Code = "unavailable", RetryAfter = TimeSpan.FromSeconds(2) });
    }
}

internal sealed record UsageReport(DateOnly Day, UsageRow[] Data);
