using System.Net;
using Benchmarks.Systems;

namespace Reliability.Cluster;

/// <summary>A process of the cluster that can be ended and started again at the same address.</summary>
/// <param name="start">Starts it, with settings beyond the usual ones.</param>
internal sealed class ServiceInstance(string name, int port, Func<IReadOnlyDictionary<string, string>, ChildProcess> start) : IDisposable
{
    private static readonly Dictionary<string, string> NoMore = [];
    private ChildProcess? _process;

    public string Name => name;

    public int Port => port;

    public IPEndPoint Endpoint { get; } = new(IPAddress.Loopback, port);

    /// <summary>Whether it was started and has ended, by itself or not.</summary>
    public bool HasEnded => _process is { HasExited: true };

    public int Id => _process!.Id;

    /// <summary>The last lines that it wrote.</summary>
    public string Tail => _process is null ? "" : $"{_process.Log}\n{_process.Tail()}";

    public void Start(IReadOnlyDictionary<string, string>? settings = null)
    {
        _process?.Dispose();
        _process = start(settings ?? NoMore);
    }

    public async Task KillAsync(CancellationToken cancellation)
    {
        _process!.Send(ChildSignal.Kill);
        await _process.WaitForExitAsync(cancellation);
    }

    /// <summary>Tells it to stop and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellation)
    {
        _process!.Send(ChildSignal.Terminate);
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>Stops its threads for a while.</summary>
    public async Task PauseAsync(TimeSpan time, CancellationToken cancellation)
    {
        _process!.Send(ChildSignal.Stop);
        try
        {
            await Task.Delay(time, cancellation);
        }
        finally
        {
            _process.Send(ChildSignal.Continue);
        }
    }

    public void Dispose()
    {
        _process?.Dispose();
        _process = null;
    }
}
