using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Benchmarks.Load;

/// <summary>A streamed answer as it came.</summary>
/// <param name="Start">When the request was sent, in Stopwatch ticks.</param>
/// <param name="Times">When each event with text arrived.</param>
/// <param name="Lines">The events, where they were asked for.</param>
internal sealed record StreamedAnswer(long Start, List<long> Times, List<string> Lines)
{
    public int Status { get; set; }

    /// <summary>Whether a refusal says when to come again.</summary>
    public bool HasRetryAfter { get; set; }

    /// <summary>Whether <c>[DONE]</c> came and no error before it.</summary>
    public bool IsComplete { get; set; }

    public bool HasError { get; set; }

    /// <summary>Whether the last event was an error and the body then ended as a body does.</summary>
    public bool IsCutWithAWord { get; set; }

    /// <summary>Why there is no whole answer; null where there is one.</summary>
    public string? Failure { get; set; }
}

/// <summary>One keep-alive connection that sends ready-made requests and notes when each event of the answers arrives, with as little work as that takes.</summary>
internal sealed class StreamConnection(IPEndPoint server) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;

    public async ValueTask<StreamedAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation, bool keepLines = false)
    {
        var answer = new StreamedAnswer(Stopwatch.GetTimestamp(), [], []);
        try
        {
            if (_socket is null)
            {
                _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await _socket.ConnectAsync(server, cancellation);
            }

            for (var sent = 0; sent < request.Length;) sent += await _socket.SendAsync(request[sent..], SocketFlags.None, cancellation);
            await ReceiveAsync(_socket, answer, keepLines, cancellation);
        }
        catch (Exception e) when (e is SocketException or IOException or FormatException or OperationCanceledException or ObjectDisposedException)
        {
            Dispose();
            answer.Failure = e.Message;
        }

        return answer;
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async ValueTask ReceiveAsync(Socket socket, StreamedAnswer answer, bool keepLines, CancellationToken cancellation)
    {
        var (length, head) = (0, -1);
        while (head < 0)
        {
            length += await ReceiveAsync(socket, _buffer.AsMemory(length), cancellation);
            head = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }

        answer.Status = int.Parse(_buffer.AsSpan(9, 3), System.Globalization.NumberStyles.None);
        answer.HasRetryAfter = Encoding.ASCII.GetString(_buffer, 0, head).Contains("\r\nRetry-After:", StringComparison.OrdinalIgnoreCase);
        // What is refused has another form: whatever it says, the next request gets a new connection.
        if (answer.Status != 200) throw new IOException($"Status {answer.Status}: {Encoding.UTF8.GetString(_buffer, head + 4, length - head - 4)}");
        var now = Stopwatch.GetTimestamp();
        var reader = new EventReader(line => Take(answer, line, now, keepLines));
        for (var complete = reader.Feed(_buffer.AsSpan(head + 4, length - head - 4)); !complete;)
        {
            var received = await ReceiveAsync(socket, _buffer, cancellation);
            now = Stopwatch.GetTimestamp();
            complete = reader.Feed(_buffer.AsSpan(0, received));
        }

        if (!answer.HasError) return;
        answer.IsCutWithAWord = true;
        throw new IOException("The stream ended with an error.");
    }

    private static void Take(StreamedAnswer answer, ReadOnlyMemory<byte> line, long now, bool keepLines)
    {
        if (line.Span.StartsWith("data: {\"error\""u8))
        {
            answer.HasError = true;
            return;
        }

        // Whatever follows an error makes the stream a broken one.
        if (line.Span.StartsWith("data: "u8) && answer.HasError) throw new IOException("The stream went on after an error.");
        if (line.Span.StartsWith("data: [DONE]"u8)) answer.IsComplete = true;
        // What ends a choice has no text.
        if (!line.Span.StartsWith("data: {"u8) || line.Span.IndexOf("\"finish_reason\":\""u8) >= 0) return;
        answer.Times.Add(now);
        if (keepLines) answer.Lines.Add(Encoding.UTF8.GetString(line.Span["data: ".Length..]));
    }

    private static async ValueTask<int> ReceiveAsync(Socket socket, Memory<byte> into, CancellationToken cancellation)
    {
        var received = await socket.ReceiveAsync(into, SocketFlags.None, cancellation);
        return received > 0 ? received : throw new IOException("The server closed the connection.");
    }
}
