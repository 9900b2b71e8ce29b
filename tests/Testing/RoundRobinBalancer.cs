using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Testing;

/// <summary>A load balancer as container platforms have them: one address that it answers by its name alone, requests in turn over all that accept a connection.</summary>
public sealed class RoundRobinBalancer : IAsyncDisposable
{
    private const string Host = "localhost";
    private static readonly HashSet<string> OfTheHop = new(StringComparer.OrdinalIgnoreCase) { "Host", "Connection", "Transfer-Encoding", "Keep-Alive" };

    private volatile Uri[] _servers;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly WebApplication _app;
    private int _requests = -1, _probes = -1;

    private RoundRobinBalancer(Uri[] servers)
    {
        _servers = servers;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context => context.Request.Host.Host == Host ? SendAsync(context) : Refuse(context));
    }

    /// <summary>The only address that it answers at; its IP address is none.</summary>
    public Uri Address => new UriBuilder(_app.Urls.Single()) { Host = Host }.Uri;

    /// <summary>Questions after health so far. They go in turn by themselves.</summary>
    public int Probes => Volatile.Read(ref _probes) + 1;

    public static async Task<RoundRobinBalancer> StartAsync(params Uri[] servers)
    {
        var balancer = new RoundRobinBalancer(servers);
        await balancer._app.StartAsync();
        return balancer;
    }

    /// <summary>Takes a server out of rotation, as a platform does before it tells it to stop.</summary>
    public void Remove(Uri server) => _servers = [.. _servers.Where(s => s != server)];

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private async Task SendAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var turn = context.Request.Path == "/health" ? Interlocked.Increment(ref _probes) : Interlocked.Increment(ref _requests);
        var servers = _servers;
        for (var i = 0; i < servers.Length; i++)
        {
            using var request = Copy(context.Request, servers[(turn + i) % servers.Length], body.ToArray());
            try
            {
                using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
                await CopyAsync(response, context);
                return;
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // Nobody is there any more: the next one.
            }
            catch (HttpRequestException)
            {
                // It broke off, and so must this.
                context.Abort();
                return;
            }
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
    }

    private static HttpRequestMessage Copy(HttpRequest from, Uri server, byte[] body)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(server, from.Path + from.QueryString));
        if (body.Length > 0) request.Content = new ByteArrayContent(body);
        foreach (var (name, value) in from.Headers.Where(h => !OfTheHop.Contains(h.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, value.ToArray());
        }

        return request;
    }

    private static async Task CopyAsync(HttpResponseMessage from, HttpContext context)
    {
        context.Response.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.Concat(from.Content.Headers).Where(h => !OfTheHop.Contains(h.Key))) context.Response.Headers[name] = values.ToArray();
        await using var body = await from.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
