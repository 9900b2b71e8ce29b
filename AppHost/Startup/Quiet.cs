using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AppHost.Startup;

/// <summary>The platform calls nobody and says only what its user wants to know.</summary>
internal static class Quiet
{
    /// <summary>The host's own environment, which the orchestrator, the dashboard and the SDK inherit however the host was started.</summary>
    private static readonly (string Variable, string Value)[] Environment =
    [
        // Telemetry and look-ups of newer versions of Aspire, of its dashboard, and of the SDK that the orchestrator starts projects with.
        ("ASPIRE_VERSION_CHECK_DISABLED", "true"),
        ("ASPIRE_DASHBOARD_TELEMETRY_OPTOUT", "true"),
        ("ASPIRE_CLI_TELEMETRY_OPTOUT", "true"),
        ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
        ("DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE", "1"),
        ("DOTNET_NOLOGO", "1"),
        ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
    ];

    /// <summary>Before Aspire reads its configuration.</summary>
    public static void CallNobody()
    {
        foreach (var (variable, value) in Environment) System.Environment.SetEnvironmentVariable(variable, value);
    }

    /// <summary>Requests of the dashboard to the host, the orchestrator's steps, and each probe of a service that is not up yet are not news; nor is what
    /// <see cref="Notice"/> says better.
    /// Development environments open the dashboard when they read in the log where it is: they start with a launch profile, and keep those lines.</summary>
    public static void AddQuietLogging(this IDistributedApplicationBuilder builder) => builder.Services.AddLogging(logging =>
    {
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Aspire.Hosting.Dcp", LogLevel.Warning).AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        if (builder.ExecutionContext.IsRunMode && builder.Configuration["DOTNET_LAUNCH_PROFILE"] is null) logging.AddFilter("Aspire.Hosting.DistributedApplication", LogLevel.Warning);
    });
}
