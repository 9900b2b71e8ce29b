using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Reliability.Cluster;

/// <summary>What an operator asks services, each at its port.</summary>
internal sealed class ClusterClient(StubAuthority authority) : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(3) };

    /// <summary>Whether a service says that it takes requests, as a load balancer asks.</summary>
    public async Task<bool> IsReadyAsync(int port, CancellationToken cancellation) => (await TryAsync(HttpMethod.Get, port, "/ready", null, cancellation)).Status == HttpStatusCode.OK;

    /// <summary>What a service has counted; nothing where it does not answer.</summary>
    public async Task<string> MetricsAsync(int port, CancellationToken cancellation)
        => await TryAsync(HttpMethod.Get, port, "/metrics", null, cancellation) is { Status: HttpStatusCode.OK, Body: var text } ? text : "";

    /// <summary>The model servers as a gateway sees them; null where it does not say.</summary>
    public async Task<IReadOnlyList<(string Id, string State, int Sending)>?> ReplicasAsync(int gateway, CancellationToken cancellation)
        => await JsonAsync(gateway, "/admin/replicas", cancellation) is { } listing
            ? [.. listing.GetProperty("replicas").EnumerateArray().Select(r => (r.GetProperty("id").GetString()!, r.GetProperty("state").GetString()!, r.GetProperty("sending").GetInt32()))]
            : null;

    /// <summary>A model as a gateway sees it; null where it does not say.</summary>
    public Task<JsonElement?> ModelAsync(int gateway, string model, CancellationToken cancellation) => JsonAsync(gateway, $"/admin/models/{model}", cancellation);

    /// <summary>Bytes that a model server's .NET heap holds; null where it does not say.</summary>
    public async Task<long?> HeapAsync(int replica, CancellationToken cancellation)
        => await JsonAsync(replica, "/health", cancellation) is { } health && health.TryGetProperty("memory_usage", out var memory) ? memory.GetProperty("managed_bytes").GetInt64() : null;

    public async Task<string> CreateKeyAsync(int gateway, CancellationToken cancellation)
    {
        var (status, body) = await TryAsync(HttpMethod.Post, gateway, "/admin/keys", new { name = "reliability", scopes = new[] { "infer" }, tier = StubAuthority.Tier }, cancellation);
        if (status != HttpStatusCode.Created && status != HttpStatusCode.OK) throw new InvalidOperationException($"No API key: {status} {body}");
        return JsonDocument.Parse(body).RootElement.GetProperty("key").GetString()!;
    }

    /// <returns>Status 0 and why where no answer came.</returns>
    public async Task<(HttpStatusCode Status, string Body)> TryAsync(HttpMethod method, int port, string path, object? body, CancellationToken cancellation, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"http://127.0.0.1:{port}{path}")) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? authority.OperatorToken);
        try
        {
            using var answer = await _client.SendAsync(request, cancellation);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return (0, e.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <returns>Null where there is no such answer. A 503 is one to nothing but <c>/health</c>.</returns>
    private async Task<JsonElement?> JsonAsync(int port, string path, CancellationToken cancellation)
    {
        var (status, body) = await TryAsync(HttpMethod.Get, port, path, null, cancellation);
        return status == HttpStatusCode.OK || (status == HttpStatusCode.ServiceUnavailable && path == "/health") ? JsonDocument.Parse(body).RootElement : null;
    }
}
