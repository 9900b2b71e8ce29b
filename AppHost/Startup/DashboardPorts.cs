namespace AppHost.Startup;

/// <summary>Gives the dashboard the ports of the launch profile, or free ones when another platform on this machine holds them.</summary>
internal static class DashboardPorts
{
    /// <summary>Of the dashboard's pages.</summary>
    public const int Preferred = 15000;

    private static readonly (string Variable, int Port)[] Endpoints =
    [
        ("ASPNETCORE_URLS", Preferred),
        ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", 0),
        ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", 0),
    ];

    public static void Reserve()
    {
        foreach (var (variable, preferred) in Endpoints)
        {
            var wanted = Environment.GetEnvironmentVariable(variable)?.Split(';')[0] is { Length: > 0 } url ? new Uri(url).Port : preferred;
            if (wanted == 0 || !LoopbackPorts.IsFree(wanted)) wanted = LoopbackPorts.Free();
            Environment.SetEnvironmentVariable(variable, $"http://localhost:{wanted}");
        }
    }
}
