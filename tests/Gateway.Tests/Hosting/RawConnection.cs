using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Hosting;

/// <summary>A TCP connection on which a test says exactly what it wants.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TcpClient _client = new();
    private NetworkStream? _stream;

    public NetworkStream Stream => _stream ??= _client.GetStream();

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(address.Host, address.Port);
        return connection;
    }

    public async Task SendAsync(string text) => await Stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Says that nothing more will come; what is being answered is given up.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Everything until the server closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        using var all = new MemoryStream();
        try
        {
            await Stream.CopyToAsync(all, limit.Token);
        }
        catch (IOException)
        {
            // Closed with data of ours unread: what came before counts.
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>The status of the first answer; 0 when the connection was closed without one.</summary>
    public async Task<int> ReadStatusAsync()
    {
        var answer = await ReadToEndAsync();
        return answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? int.Parse(answer.AsSpan(9, 3)) : 0;
    }

    /// <summary>The status of the next answer on a connection that stays open. Its body, of announced length, is read too.</summary>
    public async Task<int> ReadAnswerAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await Stream.ReadExactlyAsync(one, limit.Token);
            head.Append((char)one[0]);
        }

        var length = Regex.Match(head.ToString(), "(?i)content-length: ([0-9]+)");
        if (length.Success) await Stream.ReadExactlyAsync(new byte[int.Parse(length.Groups[1].Value, CultureInfo.InvariantCulture)], limit.Token);
        return int.Parse(head.ToString(9, 3), CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
