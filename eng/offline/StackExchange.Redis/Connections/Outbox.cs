using System.Diagnostics.CodeAnalysis;

namespace StackExchange.Redis;

/// <summary>What is waiting to be sent, oldest first; one writer empties it, and while there is none it is the backlog.</summary>
internal sealed class Outbox
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Message> _urgent = new();
    private readonly Queue<Message> _messages = new();
    private readonly SemaphoreSlim _filled = new(0);
    private Exception? _closedFor;
    private int _signalled;

    /// <summary>Throws when closed.</summary>
    public void Add(Message message)
    {
        lock (_gate)
        {
            if (_closedFor is not null) throw _closedFor;
            _messages.Enqueue(message);
        }

        if (Interlocked.Exchange(ref _signalled, 1) == 0) _filled.Release();
    }

    /// <summary>Puts what a new connection must say first before everything else.</summary>
    public void AddFirst(IEnumerable<Message> messages)
    {
        lock (_gate)
        {
            _urgent.Clear();
            foreach (var message in messages) _urgent.AddLast(message);
        }
    }

    public bool TryTake([MaybeNullWhen(false)] out Message message)
    {
        lock (_gate)
        {
            if (_urgent.First is { } first)
            {
                _urgent.RemoveFirst();
                message = first.Value;
                return true;
            }

            while (_messages.TryDequeue(out message))
            {
                if (!message.IsCompleted) return true;
            }

            return false;
        }
    }

    public async Task WaitAsync(CancellationToken cancellation)
    {
        await _filled.WaitAsync(cancellation).ConfigureAwait(false);
        Interlocked.Exchange(ref _signalled, 0);
    }

    /// <summary>Fails what has been waiting since before the given moment.</summary>
    public void Expire(long before, Func<Message, Exception> because)
    {
        lock (_gate)
        {
            while (_messages.TryPeek(out var oldest) && (oldest.IsCompleted || oldest.CreatedAt <= before))
            {
                _messages.Dequeue();
                oldest.TryFail(because(oldest));
            }
        }
    }

    public void FailAll(Func<Message, Exception> because)
    {
        lock (_gate)
        {
            while (_messages.TryDequeue(out var message)) message.TryFail(because(message));
        }
    }

    public void Close(Exception exception)
    {
        lock (_gate) _closedFor = exception;
        FailAll(_ => exception);
    }
}
