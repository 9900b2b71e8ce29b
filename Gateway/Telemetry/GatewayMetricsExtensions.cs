namespace Gateway.Telemetry;

internal static class GatewayMetricsExtensions
{
    public static void AddGatewayMetrics(this WebApplicationBuilder builder) => builder.Services.AddSingleton<GatewayMetrics>().AddSingleton<LiveCounters>();

    public static void UseGatewayMetrics(this WebApplication app) => app.UseMiddleware<RequestOutcomes>();
}
