using AppHost.Startup;

namespace AppHost.Doctor;

/// <summary>The ports that have a number of their own; all others are chosen when they are needed.</summary>
internal static class PortCheck
{
    private const int Unprivileged = 1024;

    public static IEnumerable<DoctorResult> Of(DoctorScope scope)
    {
        yield return Gateway(scope.GatewayPort, scope.IsRunning, LoopbackPorts.IsFree(scope.GatewayPort));
        yield return LoopbackPorts.IsFree(DashboardPorts.Preferred)
            ? DoctorResult.Ok("dashboard port", $"{DashboardPorts.Preferred} is free")
            : DoctorResult.Ok("dashboard port", $"{DashboardPorts.Preferred} is in use{(scope.IsRunning ? "" : "; another is taken")}");
    }

    public static DoctorResult Gateway(int port, bool isRunning, bool isFree) => (isRunning, isFree) switch
    {
        (true, _) => DoctorResult.Ok("gateway port", $"{port} is this platform's"),
        (_, true) => DoctorResult.Ok("gateway port", $"{port} is free"),
        _ when port < Unprivileged => DoctorResult.Fail("gateway port", $"{port} is in use, or only an administrator may take it.", "choose one above 1023 with --gateway-port"),
        _ => DoctorResult.Fail("gateway port", $"{port} is in use, by another program or another platform.", $"end it (ss -ltnp 'sport = :{port}' shows it), or choose another with --gateway-port"),
    };
}
