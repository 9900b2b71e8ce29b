using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Audit;

/// <summary>Records what the server itself refuses, because it is no HTTP, too large or too slow: such requests never reach the pipeline.</summary>
internal sealed partial class UnreadableRequests(DiagnosticListener server, AuditLog log, TimeProvider time, ILogger<UnreadableRequests> logger)
    : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private IDisposable? _subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = server.Subscribe(this, name => name == BadRequest);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // The name was only asked whether anybody listens.
        if (value is not { Key: BadRequest, Value: IFeatureCollection features } || features.Get<AuditedRequest>() is not null) return;
        if (features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException error) return;
        var remote = features.Get<IHttpConnectionFeature>()?.RemoteIpAddress?.ToString();
        // Its message may quote the request.
        var reason = error.StatusCode switch { 408 => "too slow", 413 or 414 or 431 => "too large", _ => "no request" };
        LogRefused(error.StatusCode, reason);
        if (log.IsEnabled) log.Write(new(time.GetUtcNow(), null, remote, null, null, null, "other", null, null, error.StatusCode, reason, null, null, null, 0, null));
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    [LoggerMessage(EventId = 2501, Level = LogLevel.Information, Message = "Refused what could not be read: {Status}, {Reason}")]
    private partial void LogRefused(int status, string reason);
}
