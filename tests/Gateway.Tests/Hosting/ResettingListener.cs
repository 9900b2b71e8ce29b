using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests.Hosting;

/// <summary>Takes connections and resets each at once, as a proxy does that has lost what it passes them on to.</summary>
internal sealed class ResettingListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _count;

    public ResettingListener()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        // A thread of its own: the sooner the reset comes, the more of connecting it meets.
        new Thread(Reset) { IsBackground = true }.Start();
    }

    public Uri Address => new($"http://{_listener.LocalEndPoint}");

    /// <summary>Connections so far.</summary>
    public int Count => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();

    private void Reset()
    {
        try
        {
            while (true)
            {
                using var client = _listener.Accept();
                client.LingerState = new(enable: true, seconds: 0);
                Interlocked.Increment(ref _count);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
