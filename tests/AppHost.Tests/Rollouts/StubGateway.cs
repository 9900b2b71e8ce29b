using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AppHost.Tests.Rollouts;

/// <summary>A gateway's administration on loopback that gives the answers it is told to, one after the other; the last one for ever.</summary>
internal sealed class StubGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(int Status, string Body)> _answers = new();
    private (int Status, string Body) _last = (500, "");

    private StubGateway(WebApplication app) => _app = app;

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>Method, path and body of each request, and who asked.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string? Authorization { get; private set; }

    public static async Task<StubGateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StubGateway(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    public StubGateway Answers(string body, int status = 200)
    {
        _answers.Enqueue((status, body));
        return this;
    }

    public StubGateway Refuses(int status, string detail) => Answers($$"""{"type":"about:blank","title":"No","status":{{status}},"detail":"{{detail}}"}""", status);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path} {await reader.ReadToEndAsync()}".TrimEnd());
        Authorization = context.Request.Headers.Authorization;
        if (_answers.TryDequeue(out var answer)) _last = answer;
        context.Response.StatusCode = _last.Status;
        context.Response.ContentType = _last.Status < 400 ? "application/json" : "application/problem+json";
        await context.Response.WriteAsync(_last.Body);
    }
}
