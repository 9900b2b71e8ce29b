using System.Net;
using System.Net.Sockets;

namespace Benchmarks.Load;

/// <summary>What came back. Status 0: the connection failed.</summary>
/// <param name="RetryAfter">Seconds, or -1 where the header is absent.</param>
internal readonly record struct HttpAnswer(int Status, int RetryAfter);

/// <summary>One keep-alive HTTP/1.1 connection that sends ready-made bytes and parses just enough of the answer to know where it ends:
/// on two cores the client must not take the server's time.</summary>
/// <param name="longest">Bytes of the longest answer that is taken, head and body.</param>
internal sealed class HttpConnection(IPEndPoint server, int longest = 64 * 1024) : IDisposable
{
    private static readonly byte[] LastChunk = "0\r\n\r\n"u8.ToArray();
    private byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;

    public async ValueTask<HttpAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            if (_socket is null)
            {
                _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await _socket.ConnectAsync(server, cancellation);
            }

            for (var sent = 0; sent < request.Length;) sent += await _socket.SendAsync(request[sent..], SocketFlags.None, cancellation);
            return await ReceiveAsync(_socket, cancellation);
        }
        catch (Exception e) when (e is SocketException or IOException or FormatException or OperationCanceledException or ObjectDisposedException)
        {
            Close();
            Failure = e.Message;
            return new(0, -1);
        }
    }

    /// <summary>What the last answer held, headers included.</summary>
    public ReadOnlySpan<byte> LastAnswer => _buffer.AsSpan(0, Length);

    /// <summary>Why the last connection failed; null where none has.</summary>
    public string? Failure { get; private set; }

    private int Length { get; set; }

    public void Dispose() => Close();

    private async ValueTask<HttpAnswer> ReceiveAsync(Socket socket, CancellationToken cancellation)
    {
        var head = default(Head);
        Length = 0;
        while (true)
        {
            if (Length == _buffer.Length && Length < longest) Array.Resize(ref _buffer, Math.Min(2 * Length, longest));
            var received = await socket.ReceiveAsync(_buffer.AsMemory(Length), SocketFlags.None, cancellation);
            if (received == 0) throw new IOException("The server closed the connection or the answer is too long.");
            Length += received;
            if (head.Bytes == 0 && !TryReadHead(out head)) continue;
            if (!IsComplete(head)) continue;
            if (head.Close) Close();
            return new(head.Status, head.RetryAfter);
        }
    }

    private bool IsComplete(Head head) => head.BodyBytes >= 0
        ? Length >= head.Bytes + head.BodyBytes
        : LastAnswer[head.Bytes..].EndsWith(LastChunk);

    private bool TryReadHead(out Head head)
    {
        head = new() { BodyBytes = -1, RetryAfter = -1 };
        var answer = LastAnswer;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        head.Bytes = end + 4;
        head.Status = Number(answer[9..12]);
        var rest = answer[..end];
        var chunked = false;
        while (rest.IndexOf("\r\n"u8) is >= 0 and var next)
        {
            rest = rest[(next + 2)..];
            var line = rest.IndexOf("\r\n"u8) is >= 0 and var stop ? rest[..stop] : rest;
            if (StartsWith(line, "content-length:"u8)) head.BodyBytes = Number(line[15..]);
            else if (StartsWith(line, "retry-after:"u8)) head.RetryAfter = Number(line[12..]);
            else if (StartsWith(line, "connection: close"u8)) head.Close = true;
            else if (StartsWith(line, "transfer-encoding: chunked"u8)) chunked = true;
        }

        if (!chunked && head.BodyBytes < 0) head.BodyBytes = 0;
        return true;
    }

    private static bool StartsWith(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
        => line.Length >= name.Length && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name);

    private static int Number(ReadOnlySpan<byte> text) => int.Parse(text.Trim(" "u8), System.Globalization.NumberStyles.None);

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private struct Head
    {
        public int Bytes;
        public int Status;
        public int BodyBytes;
        public int RetryAfter;
        public bool Close;
    }
}
