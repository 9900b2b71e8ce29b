using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Healthy when the server takes the password and answers PING.</summary>
internal sealed class RedisHealthCheck(RedisResource redis) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!redis.PrimaryEndpoint.IsAllocated) return HealthCheckResult.Unhealthy("The endpoint is not allocated yet.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", redis.PrimaryEndpoint.Port, limit.Token).ConfigureAwait(false);
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            if (redis.PasswordParameter is { } password && await AskAsync("AUTH", (await password.GetValueAsync(limit.Token).ConfigureAwait(false))!).ConfigureAwait(false) is not "+OK" and var refusal) return HealthCheckResult.Unhealthy($"AUTH: {refusal}");
            return await AskAsync("PING").ConfigureAwait(false) is "+PONG" ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The server did not answer PING.");

            async Task<string?> AskAsync(params string[] command)
            {
                var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
                foreach (var word in command) request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
                await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), limit.Token).ConfigureAwait(false);
                return await reader.ReadLineAsync(limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Unhealthy(e.Message);
        }
    }
}
