namespace AppHost.Startup;

/// <summary>The command line: <c>--replicas N --models DIR --gateway-port P --device D --no-dashboard</c>, and any <c>--Section:Key value</c>.</summary>
internal static class StartArguments
{
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--replicas"] = "--Platform:Replicas",
        ["--models"] = "--Platform:Models",
        ["--gateway-port"] = "--Platform:GatewayPort",
        ["--device"] = "--Platform:Device",
        ["--cache"] = "--Cache:Kind",
    };

    public static DistributedApplicationOptions Parse(string[] args)
    {
        var dashboard = !args.Contains("--no-dashboard");
        if (dashboard) DashboardPorts.Reserve();
        return new DistributedApplicationOptions
        {
            Args = [.. args.Where(a => a != "--no-dashboard").Select(Translate)],
            DisableDashboard = !dashboard,
            AllowUnsecuredTransport = true,
        };
    }

    private static string Translate(string argument)
    {
        var (name, value) = argument.IndexOf('=') is var i and > 0 ? (argument[..i], argument[i..]) : (argument, "");
        return Switches.TryGetValue(name, out var key) ? key + value : argument;
    }
}
