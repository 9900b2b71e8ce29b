using System.Net;
using System.Net.Sockets;

namespace Reliability.Cluster;

/// <summary>What a network does to the bytes of a connection.</summary>
internal enum NetworkFault
{
    None,

    /// <summary>Bytes are held back, and new connections are taken and get no answer, until the fault is over.</summary>
    BlackHole,

    /// <summary>Whatever is read is passed on <see cref="TcpFaultProxy.Delay"/> later.</summary>
    Slow,

    /// <summary>Passed on in pieces of a few bytes.</summary>
    Trickle,

    /// <summary>New connections are reset.</summary>
    Refusing,
}

/// <summary>Passes connections on to an address and hurts them when told to.</summary>
internal sealed class TcpFaultProxy : IAsyncDisposable
{
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    private const int TrickleBytes = 64;
    private static readonly TimeSpan TricklePause = TimeSpan.FromMilliseconds(20);
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _upstream;
    private readonly Task _accepting;

    // Guards the three fields below.
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _open = [];
    private NetworkFault _fault;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TcpFaultProxy(IPEndPoint upstream)
    {
        _upstream = upstream;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public NetworkFault Fault
    {
        get
        {
            lock (_lock) return _fault;
        }

        set
        {
            lock (_lock)
            {
                _fault = value;
                _changed.SetResult();
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Ends all connections at once, as a network device that has lost its state does.</summary>
    /// <returns>How many there were.</returns>
    public int Reset()
    {
        lock (_lock)
        {
            var count = _open.Count;
            foreach (var socket in _open) Abort(socket);
            _open.Clear();
            return count / 2;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Reset();
        await _accepting;
        _end.Dispose();
    }

    private static void Abort(Socket socket)
    {
        try
        {
            // With nothing to linger for, closing sends a reset.
            socket.LingerState = new(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Its connection ended meanwhile.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_end.Token);
                if (Fault == NetworkFault.Refusing) Abort(client);
                else _ = PassAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Either the end, or a client that was gone before it was taken.
            }
        }
    }

    private async Task PassAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_lock) _open.UnionWith([client, server]);
        try
        {
            await server.ConnectAsync(_upstream, _end.Token);
            await Task.WhenAll(PumpAsync(client, server), PumpAsync(server, client));
            client.Dispose();
            server.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Abort(client);
            Abort(server);
        }
        finally
        {
            lock (_lock) _open.ExceptWith([client, server]);
        }
    }

    /// <summary>Carries bytes one way until that way is closed; a connection that breaks takes the other way with it.</summary>
    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await from.ReceiveAsync(buffer, _end.Token)) > 0) await SendAsync(to, buffer.AsMemory(0, read));
            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            Abort(from);
            Abort(to);
            throw;
        }
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        await HeldBackAsync();
        if (Fault == NetworkFault.Slow) await Task.Delay(Delay, _end.Token);
        while (bytes.Length > 0)
        {
            var piece = bytes;
            if (Fault == NetworkFault.Trickle)
            {
                piece = bytes[..Math.Min(TrickleBytes, bytes.Length)];
                await Task.Delay(TricklePause, _end.Token);
            }

            bytes = bytes[await to.SendAsync(piece, _end.Token)..];
        }
    }

    private async Task HeldBackAsync()
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_fault != NetworkFault.BlackHole) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(_end.Token);
        }
    }
}
