using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AppHost.Tests.Platform;

/// <summary>An IDE that a host was started in with F5, as far as the orchestrator asks it: it takes what it is given to run, and runs nothing.
/// The protocol is Aspire's "IDE execution".</summary>
internal sealed class FakeIde : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeIde(WebApplication app) => _app = app;

    /// <summary>What it was asked to run: bodies of <c>PUT /run_session</c>.</summary>
    public ConcurrentQueue<JsonElement> Sessions { get; } = new();

    /// <summary>What tells a host of it.</summary>
    public Dictionary<string, string> Environment => new()
    {
        ["DEBUG_SESSION_PORT"] = $"localhost:{new Uri(_app.Urls.Single()).Port}",
        ["DEBUG_SESSION_TOKEN"] = "any",
    };

    public static async Task<FakeIde> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.UseWebSockets();
        var ide = new FakeIde(app);
        app.MapGet("/info", () => new { protocols_supported = new[] { "2024-04-23" } });
        app.MapPut("/run_session", (JsonElement session) =>
        {
            ide.Sessions.Enqueue(session);
            return Results.Created($"/run_session/{ide.Sessions.Count}", null);
        });
        app.MapDelete("/run_session/{id}", () => Results.Ok());
        app.MapGet("/run_session/notify", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            // The orchestrator says nothing here but goodbye.
            await socket.ReceiveAsync(new byte[256].AsMemory(), context.RequestAborted);
        });
        await app.StartAsync();
        return ide;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
