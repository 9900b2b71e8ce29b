using Microsoft.AspNetCore.Builder;

namespace ServiceDefaults;

public static class TelemetryExtensions
{
    internal static void AddTelemetry(this WebApplicationBuilder builder) { }

    internal static void UseTelemetry(this WebApplication app) { }

    internal static void MapMetrics(this WebApplication app) { }
}
