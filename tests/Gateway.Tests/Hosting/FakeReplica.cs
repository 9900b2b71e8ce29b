using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Hosting;

/// <summary>A model server as far as the gateway can see: Kestrel on a loopback port, answering as it is told.</summary>
internal sealed class FakeReplica : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeReplica(int port, HttpProtocols protocols)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Limits.MaxRequestBodySize = null;
            k.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
        });
        _app = builder.Build();
        _app.Use((context, next) => IsPaused ? Task.Delay(Timeout.Infinite, context.RequestAborted) : next(context));
        _app.MapGet("/ready", () => Results.StatusCode(IsReady ? 200 : 503));
        _app.MapGet("/health", (HttpRequest request) =>
        {
            ProbedWith = request.Headers.Authorization;
            return Results.Text(Health, "application/json", statusCode: IsReady ? 200 : 503);
        });
        _app.MapGet(UsageInquiry.Route, (string attempt, HttpContext context) =>
        {
            Asked.Enqueue(attempt);
            if (Usage is not { } usage) return Results.NotFound();
            usage.WriteTo(context.Response.Headers);
            return Results.NoContent();
        });
        _app.MapFallback(context =>
        {
            Seen.Enqueue(new(context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            return Answer(context);
        });
    }

    public bool IsReady { get; set; } = true;

    /// <summary>Whether it takes connections and answers nothing, as a stopped process does.</summary>
    public bool IsPaused { get; set; }

    public string Health { get; set; } =
        """
        {"status":"healthy","model_loaded":true,"gpu_available":false,"memory_usage":{"process_bytes":100,"managed_bytes":10,"gpu_bytes":null},"models":{"data":[
        {"id":"sentiment","object":"model","created":1,"owned_by":"organization","task":"text-classification","active_version":"1","versions":[{"version":"1","state":"ready"}]}],
        "default_tasks":["text-classification"]}}
        """;

    /// <summary>The credentials of the last probe.</summary>
    public string? ProbedWith { get; private set; }

    /// <summary>What it does with every request but the probes.</summary>
    public RequestDelegate Answer { get; set; } = async context =>
    {
        // Over HTTP/2 an answer to half a request breaks off the other half.
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(new { label = "POSITIVE" });
    };

    /// <summary>What it says of an attempt when it is asked; null where it does not know.</summary>
    public ReportedUsage? Usage { get; set; }

    /// <summary>The attempts it was asked about.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public int Count => Seen.Count;

    public string Address => _app.Urls.Single();

    /// <summary>Says in <c>/health</c> which versions are ready.</summary>
    public void HasModels(params string[] references) => HasModels([.. references.Select(r => (r, "ready"))]);

    /// <summary>Says in <c>/health</c> which versions there are, each as <c>name:version</c>, and in which state.</summary>
    public void HasModels((string Reference, string State)[] versions, params string[] defaultTasks) => Health = JsonSerializer.Serialize(new
    {
        status = versions.Any(v => v.State == "ready") ? "healthy" : "starting",
        model_loaded = true,
        load = new { state = "ready", queued_tokens = 0, in_flight = 0, kv_use = 0, models = versions.Where(v => v.State == "ready").Select(v => v.Reference) },
        models = new { data = TestModels.Of(versions), default_tasks = defaultTasks },
    }, TestModels.Json);

    public static async Task<FakeReplica> StartAsync(int port = 0, HttpProtocols protocols = HttpProtocols.Http2)
    {
        var replica = new FakeReplica(port, protocols);
        await replica._app.StartAsync();
        return replica;
    }

    /// <summary>Stops at once, as a killed process does: connections are cut.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _app.DisposeAsync();
    }
}

internal sealed record SeenRequest(string Path, IReadOnlyDictionary<string, string> Headers);
