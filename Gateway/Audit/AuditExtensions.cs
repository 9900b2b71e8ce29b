using Microsoft.Extensions.Logging.Console;

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

    /// <summary>Stands outside of everything that refuses requests, so that refusals are recorded too.</summary>
    public static void UseAudit(this WebApplication app) => app.UseMiddleware<AuditTrail>();

    /// <summary>Stands behind authorization and the body limit, so that only bodies which may be sent are read.</summary>
    public static void UseAuditedInput(this WebApplication app) => app.UseMiddleware<AuditedInput>();
}
