using System.Globalization;
using System.Net.Http.Headers;

namespace AppHost.Tests.Platform;

/// <summary>A second gateway, as a process, that speaks HTTP/1.1 to the model servers of a running platform.</summary>
internal sealed class Http1Gateway : IAsyncDisposable
{
    private readonly ServiceProcess _process;

    /// <param name="servers">The model servers' addresses of HTTP/1.1.</param>
    public Http1Gateway(IReadOnlyList<Uri> servers)
    {
        Dictionary<string, string> settings = new()
        {
            ["RateLimiting__Tiers__metered__RequestsPerMinute"] = "100000",
            ["RateLimiting__Tiers__metered__TokensPerMinute"] = RunningPlatform.MeteredTokens.ToString(CultureInfo.InvariantCulture),
            ["Proxy__Http2"] = "false",
        };
        for (var i = 0; i < servers.Count; i++) settings[$"services__modelserver-{i + 1}__http__0"] = servers[i].ToString();
        _process = new("Gateway", settings);
        _process.Start();
    }

    public HttpClient CreateClient(string token)
    {
        var client = new HttpClient { BaseAddress = _process.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <inheritdoc cref="ServiceProcess.ReadyAsync"/>
    public Task ReadyAsync() => _process.ReadyAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
