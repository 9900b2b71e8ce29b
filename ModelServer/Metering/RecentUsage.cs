namespace ModelServer.Metering;

/// <summary>Remembers what the last attempts took, by the gateway's names for them, for a gateway that asks because the answer's end never reached it.
/// Who asks before the end waits for it.</summary>
internal sealed class RecentUsage(TimeProvider time)
{
    /// <summary>Some seconds of the highest rate: a gateway asks at once.</summary>
    public const int Capacity = 16_384;

    // Guards everything below. The oldest entries give way to new ones.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ReportedUsage> _ended = [];
    private readonly Queue<string> _order = new();
    private readonly Dictionary<string, TaskCompletionSource<ReportedUsage>> _awaited = [];

    /// <summary>Keeps what an attempt took in the end.</summary>
    public void Add(string attempt, in ReportedUsage usage)
    {
        TaskCompletionSource<ReportedUsage>? asked;
        lock (_gate)
        {
            if (_order.Count == Capacity) _ended.Remove(_order.Dequeue());
            if (_ended.TryAdd(attempt, usage)) _order.Enqueue(attempt);
            _awaited.Remove(attempt, out asked);
        }

        asked?.TrySetResult(usage);
    }

    /// <summary>Returns what an attempt took, once it has ended.</summary>
    /// <returns>Null when it did not end within <paramref name="patience"/>, or is not known any more.</returns>
    public async Task<ReportedUsage?> FindAsync(string attempt, TimeSpan patience, CancellationToken cancellationToken)
    {
        Task<ReportedUsage> end;
        lock (_gate)
        {
            if (_ended.TryGetValue(attempt, out var usage)) return usage;
            if (!_awaited.TryGetValue(attempt, out var asked))
            {
                if (_awaited.Count == Capacity) return null;
                _awaited[attempt] = asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            end = asked.Task;
        }

        try
        {
            return await end.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (_gate) _awaited.Remove(attempt);
        }
    }
}
