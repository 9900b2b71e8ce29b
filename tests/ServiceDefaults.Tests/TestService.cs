using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using ServiceDefaults.PlainRequests;
using Testing;

namespace ServiceDefaults.Tests;

/// <summary>A service made of nothing but the defaults and a test's endpoints, on a real server bound to a free loopback port.</summary>
internal sealed class TestService(WebApplication app) : IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public Uri Address => new(app.Urls.Single());

    /// <summary>A caller that is not traced, though the service's instrumentation hears of every other client in this process.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(20) };

    public static async Task<TestService> StartAsync(
        Action<WebApplication> map, Action<WebApplicationBuilder>? configure = null, IReadOnlyDictionary<string, string?>? settings = null, string name = "ServiceDefaults.Tests")
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = name, EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(TestTokens.Settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.AddServiceDefaults();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UsePlainRequests();
        app.UseServiceDefaults();
        app.MapServiceDefaults();
        map(app);
        await app.StartAsync();
        return new TestService(app);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? token = null) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path), token);

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent body, string? token = null)
        => SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body }, token);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? token)
    {
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return Client.SendAsync(request);
    }

    /// <summary>As a signal does: what is under way is ended first.</summary>
    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
