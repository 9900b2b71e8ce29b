using System.Net;
using System.Net.Sockets;
using System.Text;
using Reliability.Cluster;
using Testing;

namespace Reliability.Tests.Cluster;

/// <summary>Against a server that sends back what it gets.</summary>
public sealed class TcpFaultProxyTests : IAsyncLifetime
{
    private readonly TcpListener _echo = new(IPAddress.Loopback, 0);
    private readonly TcpFaultProxy _proxy;

    public TcpFaultProxyTests()
    {
        _echo.Start();
        _proxy = new((IPEndPoint)_echo.LocalEndpoint);
        _ = EchoAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _echo.Dispose();
    }

    [Theory]
    [InlineData(nameof(NetworkFault.None))]
    [InlineData(nameof(NetworkFault.Slow))]
    [InlineData(nameof(NetworkFault.Trickle))]
    public async Task Bytes_WhateverTheSpeed_ComeWholeAndInOrder(string fault)
    {
        _proxy.Fault = Enum.Parse<NetworkFault>(fault);
        using var client = await ConnectAsync();
        var text = string.Concat(Enumerable.Range(0, 100).Select(i => $"{i} "));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        Assert.Equal(text, await ReadAsync(client, text.Length));
    }

    [Fact]
    public async Task BlackHole_HoldsBytesBackUntilItIsOver()
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync("a"u8.ToArray());
        Assert.Equal("a", await ReadAsync(client, 1));
        _proxy.Fault = NetworkFault.BlackHole;
        await client.GetStream().WriteAsync("b"u8.ToArray());
        var held = ReadAsync(client, 1);
        // One who is sent through another proxy is answered meanwhile; this one is not.
        await using var other = new TcpFaultProxy((IPEndPoint)_echo.LocalEndpoint);
        using var free = new TcpClient();
        await free.ConnectAsync(IPAddress.Loopback, other.Port);
        await free.GetStream().WriteAsync("c"u8.ToArray());
        Assert.Equal("c", await ReadAsync(free, 1));
        Assert.False(held.IsCompleted);
        _proxy.Fault = NetworkFault.None;
        Assert.Equal("b", await held);
    }

    [Fact]
    public async Task Reset_EndsWhatIsOpen_AndNewConnectionsPass()
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync("a"u8.ToArray());
        Assert.Equal("a", await ReadAsync(client, 1));
        Assert.Equal(1, _proxy.Reset());
        var reset = await Assert.ThrowsAsync<IOException>(() => ReadAsync(client, 1));
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(reset.InnerException).SocketErrorCode);
        using var next = await ConnectAsync();
        await next.GetStream().WriteAsync("b"u8.ToArray());
        Assert.Equal("b", await ReadAsync(next, 1));
    }

    [Fact]
    public async Task Refusing_ResetsNewConnections()
    {
        _proxy.Fault = NetworkFault.Refusing;
        // A socket, since a TcpClient may find that it is connected no more before it can be read from.
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var refused = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
            await client.ReceiveAsync(new byte[1]);
        });
        Assert.Equal(SocketError.ConnectionReset, refused.SocketErrorCode);
    }

    /// <summary>One way is closed first, as HTTP clients may.</summary>
    [Fact]
    public async Task HalfClosed_GetsTheRestOfTheAnswer()
    {
        using var client = await ConnectAsync();
        var stream = client.GetStream();
        await stream.WriteAsync("abc"u8.ToArray());
        client.Client.Shutdown(SocketShutdown.Send);
        using var rest = new StreamReader(stream);
        Assert.Equal("abc", await rest.ReadToEndAsync());
        await Eventually.HoldsAsync(() => _proxy.Reset() == 0);
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        return client;
    }

    private static async Task<string> ReadAsync(TcpClient client, int length)
    {
        var bytes = new byte[length];
        await client.GetStream().ReadExactlyAsync(bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    private async Task EchoAsync()
    {
        try
        {
            while (true) _ = EchoAsync(await _echo.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task EchoAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await client.GetStream().CopyToAsync(client.GetStream());
            }
            catch (IOException)
            {
                // Reset.
            }
        }
    }
}
