using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AppHost.Cache;

/// <summary>Authenticates and asks PING, in the inline form of the Redis protocol.</summary>
internal static class RedisPing
{
    public static async Task<HealthCheckResult> CheckAsync(int port, string? password, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {password}\r\nPING\r\n"), cancellationToken);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var authenticated = await reader.ReadLineAsync(cancellationToken);
            var answer = await reader.ReadLineAsync(cancellationToken);
            return (authenticated, answer) is ("+OK", "+PONG") ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Redis refused the password.");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer.");
        }
    }
}
