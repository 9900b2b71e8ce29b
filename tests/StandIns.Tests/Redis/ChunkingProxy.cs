using System.Net;
using System.Net.Sockets;

namespace StandIns.Tests.Redis;

/// <summary>
/// A bad network in front of a server: answers come in small pieces, and connections can be made to go silent without closing.
/// </summary>
internal sealed class ChunkingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int _serverPort;
    private readonly int _chunk;
    private volatile CancellationTokenSource _flowing = new();

    public ChunkingProxy(int serverPort, int chunk)
    {
        (_serverPort, _chunk) = (serverPort, chunk);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>From now on the connections there are deliver nothing; new ones work.</summary>
    public void Silence() => Interlocked.Exchange(ref _flowing, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptSocketAsync(_stopping.Token);
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            client.NoDelay = true;
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stopping.Token);
            _ = CopyAsync(client, server, 1 << 16, _flowing.Token);
            _ = CopyAsync(server, client, _chunk, _flowing.Token);
        }
    }

    private async Task CopyAsync(Socket from, Socket to, int chunk, CancellationToken flowing)
    {
        var buffer = new byte[chunk];
        try
        {
            while (await from.ReceiveAsync(buffer, flowing) is > 0 and var count) await to.SendAsync(buffer.AsMemory(0, count), _stopping.Token);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            // Silent, but open until the proxy goes.
            await Task.Delay(Timeout.Infinite, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            from.Dispose();
            to.Dispose();
        }
        catch (Exception)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
