using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>Serves aspire.v1.DashboardService to the dashboard: the resources, their console output, and their commands.</summary>
internal sealed class ResourceServiceHost(
    DashboardSettings settings, IHostEnvironment environment, DistributedApplicationOptions options, ResourceNotificationService notifications, ResourceLoggerService logs, ResourceCommandService commands)
{
    private const string Service = "/aspire.v1.DashboardService/";
    private readonly CancellationTokenSource _stop = new();
    private WebApplication? _server;

    public string? Url { get; private set; }

    public async Task StartAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
        {
            k.Limits.MinRequestBodyDataRate = null; // Streams stay open with nothing to say.
            k.Listen(IPAddress.Loopback, port, l => l.Protocols = HttpProtocols.Http2);
        });
        _server = builder.Build();
        _server.Run(context => Grpc.AnswerAsync(context, Dispatch));
        await _server.StartAsync(cancellationToken).ConfigureAwait(false);
        Url = _server.Urls.First();
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
    }

    private Task Dispatch(HttpContext context)
    {
        var key = Encoding.UTF8.GetBytes(context.Request.Headers["x-resource-service-api-key"].ToString());
        if (!CryptographicOperations.FixedTimeEquals(key, Encoding.UTF8.GetBytes(settings.ServiceApiKey))) throw new GrpcException(Grpc.Unauthenticated, "wrong resource service key");
        return context.Request.Path.Value switch
        {
            Service + "GetApplicationInformation" => Grpc.SendAsync(context, new ProtoWriter().Text(1, options.DashboardApplicationName ?? environment.ApplicationName), context.RequestAborted),
            Service + "WatchResources" => WatchResourcesAsync(context),
            Service + "WatchResourceConsoleLogs" => WatchLogsAsync(context),
            Service + "ExecuteResourceCommand" => ExecuteAsync(context),
            Service + "WatchInteractions" => HoldAsync(context),
            var path => throw new GrpcException(Grpc.Unimplemented, $"{path} is not supported"),
        };
    }

    /// <summary>Nobody is asked anything here, yet the dashboard insists on the stream: it gets the headers and silence.</summary>
    private async Task HoldAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        await context.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(false);
    }

    private async Task WatchResourcesAsync(HttpContext context)
    {
        await Grpc.ReadAsync(context).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        await Grpc.SendAsync(context, new ProtoWriter().Message(1, _ => { }), end.Token).ConfigureAwait(false);
        await foreach (var change in notifications.WatchAsync(end.Token).ConfigureAwait(false))
        {
            await Grpc.SendAsync(context, new ProtoWriter().Message(2, changes => changes.Message(1, c => c.Message(2, m => ResourceMessage.Write(m, change)))), end.Token).ConfigureAwait(false);
        }
    }

    private async Task WatchLogsAsync(HttpContext context)
    {
        var (name, follow) = ("", true);
        foreach (var (field, number, bytes) in ProtoReader.Fields(await Grpc.ReadAsync(context).ConfigureAwait(false) ?? default))
        {
            if (field == 1) name = bytes.Text();
            if (field == 2) follow = number == 0;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        await foreach (var batch in (follow ? logs.WatchAsync(name) : logs.GetAllAsync(name)).WithCancellation(end.Token).ConfigureAwait(false))
        {
            var message = new ProtoWriter();
            foreach (var line in batch) message.Message(1, m => m.Text(1, line.Content).Flag(2, line.IsErrorMessage, evenFalse: true).Number(3, line.LineNumber));
            await Grpc.SendAsync(context, message, end.Token).ConfigureAwait(false);
        }
    }

    private async Task ExecuteAsync(HttpContext context)
    {
        var (command, resource) = ("", "");
        foreach (var (field, _, bytes) in ProtoReader.Fields(await Grpc.ReadAsync(context).ConfigureAwait(false) ?? default))
        {
            if (field == 1) command = bytes.Text();
            if (field == 2) resource = bytes.Text();
        }

        var result = await commands.ExecuteCommandAsync(resource, command, context.RequestAborted).ConfigureAwait(false);
        var answer = new ProtoWriter().Number(1, result.Success ? 1 : result.Canceled ? 3 : 2).Text(3, result.Message);
        if (result.Data is { } data) answer.Message(4, m => m.Text(1, data.Value).Number(2, (int)data.Format + 1).Flag(3, data.DisplayImmediately));
        await Grpc.SendAsync(context, answer, context.RequestAborted).ConfigureAwait(false);
    }
}
