using System.Net;
using System.Net.Sockets;
using Gateway.Replicas;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Routing;

/// <summary>Asks the name service; <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/> outside tests.</summary>
internal delegate Task<IPAddress[]> ResolveName(string name, CancellationToken cancellationToken);

/// <summary>Keeps the list of model servers current while the gateway runs: the configuration's, when that is reloaded, and those behind
/// <see cref="ReplicaOptions.Dns"/>, asked again and again. What cannot be read or resolved leaves the list as it was.</summary>
/// <param name="routing">What YARP routes by; empty until the service starts.</param>
internal sealed partial class ReplicaDiscovery(
    IConfiguration configuration, IOptions<ReplicaOptions> options, IOptions<ConnectionOptions> connection, ReplicaPool pool, InMemoryConfigProvider routing,
    ResolveName resolve, TimeProvider time, ILogger<ReplicaDiscovery> logger) : BackgroundService
{
    // Guards the three lists: configuration and name service report on threads of their own.
    private readonly Lock _gate = new();
    private ReplicaAddress[] _listed = [];
    private ReplicaAddress[] _resolved = [];
    private ReplicaAddress[]? _published;
    private IDisposable? _reload;

    public override void Dispose()
    {
        _reload?.Dispose();
        base.Dispose();
    }

    /// <summary>Publishes the configuration's list before the server listens, and whenever it is reloaded.</summary>
    /// <exception cref="InvalidOperationException">The configuration names a model server whose address is none.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var listed = ReplicaList.Read(configuration, connection.Value.Http2);
        Publish(() => (_listed, _resolved) = (listed, options.Value is { LoadBalanced: true, Dns: { } name } ? ReplicaList.LoadBalancer(name) : []));
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value is not { Dns: { } name, LoadBalanced: false }) return;
        using var timer = new PeriodicTimer(options.Value.DnsInterval, time);
        do await ResolveAsync(name, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ResolveAsync(Uri name, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await resolve(name.DnsSafeHost, cancellationToken).WaitAsync(options.Value.DnsInterval, time, cancellationToken);
            if (addresses.Length > 0) Publish(() => _resolved = ReplicaList.Behind(name, addresses));
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            LogUnresolved(name.DnsSafeHost, e.Message);
        }
    }

    private void Reload()
    {
        try
        {
            var listed = ReplicaList.Read(configuration, connection.Value.Http2);
            Publish(() => _listed = listed);
        }
        catch (InvalidOperationException e)
        {
            LogRefused(e.Message);
        }
    }

    private void Publish(Action change)
    {
        lock (_gate)
        {
            change();
            ReplicaAddress[] all = [.. _listed.Concat(_resolved).DistinctBy(r => r.Name).OrderBy(r => r.Name, StringComparer.Ordinal)];
            if (_published is not null && all.ToHashSet().SetEquals(_published)) return;
            _published = all;
            pool.Set(all);
            routing.Update([.. ProxyRoutes.All.Select(r => r.ToConfig())], [ReplicaCluster.ToConfig(all, connection.Value)]);
            LogPublished(all.Length);
        }
    }

    [LoggerMessage(EventId = 2100, Level = LogLevel.Information, Message = "There are {Count} model servers now")]
    private partial void LogPublished(int count);

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "The list of model servers stays as it was: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "{Name} could not be resolved: {Reason}")]
    private partial void LogUnresolved(string name, string reason);
}
