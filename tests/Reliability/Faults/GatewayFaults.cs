using Reliability.Load;

namespace Reliability.Faults;

/// <summary>What happens to gateways, while a second one is there.</summary>
internal static class GatewayFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("gateway-killed", "a gateway is killed and started again some seconds later", async context =>
        {
            var gateway = context.AnyGateway();
            await gateway.KillAsync(context.Cancellation);
            await Task.Delay(context.Seconds(2, 4), context.Cancellation);
            gateway.Start();
            context.Mended();
        })
        {
            // Nobody can answer what was on its way through a process that is gone: at most one request of each client.
            Allowed = [new(Outcome.Disconnected, Most: FaultRun.Clients)],
        },
        new("gateway-stopped", "a gateway is told to stop, drains, and is started again", async context =>
        {
            var gateway = context.AnyGateway();
            var code = await gateway.StopAsync(context.Cancellation);
            context.Require(code == 0, $"{gateway.Name} stopped with exit code {code}");
            gateway.Start();
            context.Mended();
        }),
        new("gateway-paused", "a gateway's threads stand still for 2 to 4 s", async context =>
        {
            await context.AnyGateway().PauseAsync(context.Seconds(2, 4), context.Cancellation);
            context.Mended();
        }),
    ];
}
