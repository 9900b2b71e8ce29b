namespace ModelServer.Scheduling;

/// <summary>
/// Who is next among waiting sequences. In this order: overdue ones (waiting longer than <c>maxWait</c>) by age; interactive before
/// batch; and among equals by start-time fair queueing (Goyal, Vin and Cheng 1996), a client's tag advancing by tokens over weight.
/// A sequence therefore waits at most <c>maxWait</c> and then only for those that were there before it, whatever else arrives.
/// Not thread-safe: the queue's lock guards it.
/// </summary>
internal sealed class FairOrder<T>(TimeSpan maxWait, IReadOnlyDictionary<string, double> weights, TimeProvider time)
    where T : IQueued
{
    private readonly Dictionary<(string Client, RequestPriority), Lane> _lanes = [];
    private readonly PriorityQueue<Cursor, Rank> _merge = new();
    private double _virtualTime;

    public int Count { get; private set; }

    /// <summary>Tokens of all that wait.</summary>
    public long Cost { get; private set; }

    public void Add(T sequence)
    {
        var key = Key(sequence);
        if (!_lanes.TryGetValue(key, out var lane)) _lanes[key] = lane = new Lane();
        sequence.Tag = Math.Max(_virtualTime, lane.Finish);
        lane.Finish = sequence.Tag + (sequence.Cost / weights.GetValueOrDefault(key.Client, 1));
        lane.Sequences.Add(sequence);
        Count++;
        Cost += sequence.Cost;
    }

    /// <summary>The first sequences in order, at most <paramref name="window"/>.</summary>
    public List<T> Peek(int window)
    {
        _merge.Clear();
        foreach (var (key, lane) in _lanes)
        {
            // An idle client has no claim on the past: once the others have caught up with it, its lane goes.
            if (lane.Sequences.Count == 0 && lane.Finish <= _virtualTime) _lanes.Remove(key);
            else Push(new Cursor(lane, 0));
        }

        var first = new List<T>(Math.Min(window, Count));
        while (first.Count < window && _merge.TryDequeue(out var cursor, out _))
        {
            first.Add(cursor.EncoderSequence);
            if (cursor.Index + 1 < cursor.Lane.Sequences.Count) Push(cursor with { Index = cursor.Index + 1 });
        }

        return first;
    }

    /// <returns>False when it does not wait here.</returns>
    public bool Remove(T sequence)
    {
        var key = Key(sequence);
        if (!_lanes.TryGetValue(key, out var lane) || !lane.Sequences.Remove(sequence)) return false;
        Count--;
        Cost -= sequence.Cost;
        if (Count == 0) Forget();
        return true;
    }

    /// <summary>Takes sequences out to be run.</summary>
    public void Take(IEnumerable<T> chosen)
    {
        foreach (var sequence in chosen)
        {
            _virtualTime = Math.Max(_virtualTime, sequence.Tag);
            Remove(sequence);
        }
    }

    /// <summary>Takes all out, in no particular order.</summary>
    public List<T> TakeAll()
    {
        List<T> all = [.. _lanes.Values.SelectMany(lane => lane.Sequences)];
        (Count, Cost) = (0, 0);
        Forget();
        return all;
    }

    private void Forget()
    {
        _lanes.Clear();
        _virtualTime = 0;
    }

    private void Push(Cursor cursor)
    {
        if (cursor.Lane.Sequences.Count == 0) return;
        var sequence = cursor.EncoderSequence;
        var overdue = time.GetElapsedTime(sequence.QueuedAt) > maxWait;
        _merge.Enqueue(cursor, overdue ? new Rank(-1, sequence.QueuedAt) : new Rank((int)sequence.Lane.Priority, sequence.Tag));
    }

    /// <summary>Who sends work alone has no lane of its own for it.</summary>
    private static (string Client, RequestPriority) Key(T sequence) => (sequence.Lane.Client, sequence.Lane.Priority);

    /// <summary>The waiting sequences of one client and priority, in order of arrival.</summary>
    private sealed class Lane
    {
        public List<T> Sequences { get; } = [];

        /// <summary>The tag of the next sequence that joins.</summary>
        public double Finish { get; set; }
    }

    private readonly record struct Cursor(Lane Lane, int Index)
    {
        public T EncoderSequence => Lane.Sequences[Index];
    }

    private readonly record struct Rank(int Class, double Order) : IComparable<Rank>
    {
        public int CompareTo(Rank other) => Class != other.Class ? Class.CompareTo(other.Class) : Order.CompareTo(other.Order);
    }
}
