using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Systems;

/// <summary>A started system: where it listens and what its processes cost.</summary>
/// <param name="token">What to send as bearer token, if anything.</param>
internal sealed class RunningServer(IPEndPoint endpoint, string? token, params ChildProcess[] processes) : IDisposable
{
    /// <summary>Of <c>/proc</c>; the same on every Linux platform that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private static readonly HttpClient Probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    public IPEndPoint Endpoint => endpoint;

    public string? Token => token;

    public bool HasExited => processes.Any(p => p.HasExited);

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Waits until an address answers 200.</summary>
    /// <exception cref="InvalidOperationException">A process ended, or there was no answer in time.</exception>
    public async Task WaitUntilReadyAsync(string path, CancellationToken cancellation, int port = 0)
    {
        var address = new Uri($"http://127.0.0.1:{(port == 0 ? endpoint.Port : port)}{path}");
        var until = DateTime.UtcNow.AddSeconds(90);
        while (DateTime.UtcNow < until)
        {
            if (processes.FirstOrDefault(p => p.HasExited) is { } gone) throw new InvalidOperationException($"The server ended: {gone.Log}\n{gone.Tail()}");
            try
            {
                using var answer = await Probe.GetAsync(address, cancellation);
                if (answer.StatusCode == HttpStatusCode.OK) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                // Not yet listening.
            }

            await Task.Delay(100, cancellation);
        }

        throw new InvalidOperationException($"{address} did not become ready: {processes[0].Log}\n{processes[0].Tail()}");
    }

    /// <summary>This, once it answers; stopped when it does not.</summary>
    public async Task<RunningServer> WhenReadyAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await WaitUntilReadyAsync(path, cancellation);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>User and system time of all processes so far.</summary>
    public double CpuSeconds() => Stats().Sum(f => double.Parse(f[11], CultureInfo.InvariantCulture) + double.Parse(f[12], CultureInfo.InvariantCulture)) / TicksPerSecond;

    public double ResidentMegabytes() => Stats().Sum(f => double.Parse(f[21], CultureInfo.InvariantCulture)) * Environment.SystemPageSize / (1 << 20);

    /// <summary>Open files and connections of all processes.</summary>
    public int OpenHandles() => processes.SelectMany(p => p.Family()).Distinct().Sum(id => Directory.GetFileSystemEntries($"/proc/{id}/fd").Length);

    /// <summary>Ends all processes at once, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        foreach (var process in processes) process.Send(ChildSignal.Kill);
    }

    public void Dispose()
    {
        foreach (var process in processes) process.Dispose();
    }

    private IEnumerable<string[]> Stats() => processes.SelectMany(p => p.Family()).Distinct().Select(ChildProcess.ReadStat).OfType<string[]>();
}
