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
internal sealed partial class ReplicaDiscovery : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly IConfiguration _configuration;
    private readonly ReplicaOptions _options;
    private readonly ConnectionOptions _proxy;
    private readonly ReplicaPool _pool;
    private readonly ResolveName _resolve;
    private readonly TimeProvider _time;
    private readonly ILogger<ReplicaDiscovery> _logger;
    private readonly IDisposable _reload;
    private ReplicaAddress[] _listed;
    private ReplicaAddress[] _resolved = [];
    private ReplicaAddress[] _published;

    /// <exception cref="InvalidOperationException">The configuration names a model server whose address is none.</exception>
    public ReplicaDiscovery(
        IConfiguration configuration, IOptions<ReplicaOptions> options, IOptions<ConnectionOptions> proxy, ReplicaPool pool, ResolveName resolve, TimeProvider time, ILogger<ReplicaDiscovery> logger)
    {
        (_configuration, _options, _proxy, _pool, _resolve, _time, _logger) = (configuration, options.Value, proxy.Value, pool, resolve, time, logger);
        _listed = _published = ReplicaList.Read(configuration, _proxy.Http2);
        pool.Set(_listed);
        Routing = new([.. ProxyRoutes.All.Select(r => r.ToConfig())], [ReplicaCluster.ToConfig(_listed, _proxy)]);
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    /// <summary>What YARP routes by.</summary>
    public InMemoryConfigProvider Routing { get; }

    public override void Dispose()
    {
        _reload.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.Dns is not { } name) return;
        using var timer = new PeriodicTimer(_options.DnsInterval, _time);
        do await ResolveAsync(name, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ResolveAsync(Uri name, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await _resolve(name.DnsSafeHost, cancellationToken).WaitAsync(_options.DnsInterval, _time, cancellationToken);
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
            var listed = ReplicaList.Read(_configuration, _proxy.Http2);
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
            if (all.ToHashSet().SetEquals(_published)) return;
            _published = all;
            _pool.Set(all);
            Routing.Update([.. ProxyRoutes.All.Select(r => r.ToConfig())], [ReplicaCluster.ToConfig(all, _proxy)]);
            LogPublished(all.Length);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "There are {Count} model servers now")]
    private partial void LogPublished(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The list of model servers stays as it was: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} could not be resolved: {Reason}")]
    private partial void LogUnresolved(string name, string reason);
}
