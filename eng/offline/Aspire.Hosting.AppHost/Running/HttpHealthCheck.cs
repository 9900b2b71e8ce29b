using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Running;

/// <summary>Healthy when the endpoint answers a GET of the path with the expected status.</summary>
internal sealed class HttpHealthCheck(EndpointReference endpoint, string path, int expected) : IHealthCheck
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!endpoint.IsAllocated) return HealthCheckResult.Unhealthy("The endpoint is not allocated yet.");
        var address = new Uri(new Uri(endpoint.Url), path);
        try
        {
            using var answer = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return (int)answer.StatusCode == expected ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{address} answered {(int)answer.StatusCode}, expected {expected}.");
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Unhealthy($"{address}: {e.Message}");
        }
    }
}
