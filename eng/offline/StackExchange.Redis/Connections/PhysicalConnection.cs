using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace StackExchange.Redis;

/// <summary>
/// One socket. A writing loop sends what the outbox holds, a reading loop completes what was sent, in the same order;
/// the connection ends when either fails, and is not used again.
/// </summary>
internal sealed class PhysicalConnection : IDisposable
{
    private const int ReadBufferSize = 64 << 10;
    private readonly ConcurrentQueue<Message> _sent = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly Socket _socket;
    private readonly PipeReader _input;
    private readonly RespWriter _output;
    private Exception? _abortedFor;
    private long _lastRead = Environment.TickCount64;
    private long _lastWrite = Environment.TickCount64;

    private PhysicalConnection(Socket socket, EndPoint endPoint)
    {
        _socket = socket;
        EndPoint = endPoint;
        var stream = new NetworkStream(socket, ownsSocket: true);
        var sizes = new StreamPipeReaderOptions(bufferSize: ReadBufferSize, minimumReadSize: ReadBufferSize / 4, leaveOpen: true);
        _input = PipeReader.Create(stream, sizes);
        _output = new RespWriter(stream);
    }

    public EndPoint EndPoint { get; }

    public long SilentFor => Environment.TickCount64 - Interlocked.Read(ref _lastRead);

    public long NothingSentFor => Environment.TickCount64 - Interlocked.Read(ref _lastWrite);

    public static async Task<PhysicalConnection> ConnectAsync(EndPoint endPoint, ConfigurationOptions options, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, limit.Token).ConfigureAwait(false);
            var connection = new PhysicalConnection(socket, endPoint);
            await Handshake.RunAsync(connection._input, connection._output, options, limit.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception cause)
        {
            socket.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw Failures.NotReached(cause, EndPointCollection.ToString(endPoint), options.ConnectTimeout);
        }
    }

    /// <summary>Serves the outbox until the connection breaks; then everything sent and unanswered fails.</summary>
    public async Task<RedisConnectionException> RunAsync(Outbox outbox, Func<RespReply, bool>? push)
    {
        var reading = ReadAsync(push);
        var writing = WriteAsync(outbox);
        var first = await Task.WhenAny(reading, writing).ConfigureAwait(false);
        var cause = first.Exception?.InnerException ?? new EndOfStreamException("The connection ended");
        Dispose();
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _input.CompleteAsync().ConfigureAwait(false);
        var failure = Failures.Lost(_abortedFor ?? cause, EndPointCollection.ToString(EndPoint));
        while (_sent.TryDequeue(out var message)) message.TryFail(Failures.LostCommand(message, failure));
        return failure;
    }

    public void Abort(Exception cause)
    {
        Interlocked.CompareExchange(ref _abortedFor, cause, null);
        Dispose();
    }

    /// <summary>Fails what was sent before the given moment and is still unanswered; its reply, should it come, is dropped.</summary>
    public int Expire(long before, int timeout)
    {
        if (!_sent.TryPeek(out var oldest) || oldest.CreatedAt > before) return 0;
        var expired = 0;
        foreach (var message in _sent)
        {
            if (message.CreatedAt > before) break;
            if (!message.IsCompleted && message.TryFail(Failures.Timeout(message, timeout, null))) expired++;
        }

        return expired;
    }

    public void Dispose()
    {
        if (!_ending.IsCancellationRequested) _ending.Cancel();
        _socket.Dispose();
    }

    private async Task WriteAsync(Outbox outbox)
    {
        var cancellation = _ending.Token;
        while (true)
        {
            while (outbox.TryTake(out var message))
            {
                message.Status = CommandStatus.Sent;
                _sent.Enqueue(message);
                await _output.WriteAsync(message.Command, message.Arguments, cancellation).ConfigureAwait(false);
            }

            await _output.FlushAsync(cancellation).ConfigureAwait(false);
            Interlocked.Exchange(ref _lastWrite, Environment.TickCount64);
            await outbox.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(Func<RespReply, bool>? push)
    {
        while (true)
        {
            var reply = await _input.ReadReplyAsync(_ending.Token).ConfigureAwait(false);
            Interlocked.Exchange(ref _lastRead, Environment.TickCount64);
            if (push is not null && push(reply)) continue;
            if (!_sent.TryDequeue(out var message))
            {
                throw new RedisConnectionException(ConnectionFailureType.ProtocolFailure, "A reply came that nothing had asked for");
            }
            message.Complete(reply);
        }
    }
}
