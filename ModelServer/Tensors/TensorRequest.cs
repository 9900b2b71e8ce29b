using ModelServer.Scheduling;

namespace ModelServer.Tensors;

/// <summary>One request's tensors on their way through a graph, in slices that run when they can. It is completed exactly once, with all outputs whole.</summary>
internal sealed class TensorRequest
{
    private readonly TaskCompletionSource<TensorOutput[]> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly OutputBuffer?[] _outputs;
    private readonly TensorSpec[] _specs;
    private readonly long _maxOutputBytes;
    private readonly int _rows;
    private long _outputBytes;
    private long _ranCost;
    private long _startedAt;
    private int _left;

    /// <param name="graph">What runs it.</param>
    /// <param name="inputs">In the order of <see cref="TensorGraph.Inputs"/>, of shapes that fit the graph; without an empty axis.</param>
    /// <param name="outputs">Of the graph's, those asked for.</param>
    /// <param name="part">Elements that a slice holds at most; a longer row is one alone.</param>
    /// <param name="maxOutputBytes">The most that all outputs together may have.</param>
    public TensorRequest(TensorGraph graph, TensorInput[] inputs, TensorSpec[] outputs, QueueLane lane, int part, long maxOutputBytes)
    {
        Inputs = inputs;
        Lane = lane;
        HasRows = graph.HasRows;
        Columns = graph.HasColumns ? (int)inputs[0].Shape[1] : 0;
        Form = new(inputs, Array.ConvertAll(outputs, o => o.Name), shared: Columns > 0 ? 2 : 1);
        _specs = outputs;
        _outputs = new OutputBuffer?[outputs.Length];
        _maxOutputBytes = maxOutputBytes;
        _rows = HasRows ? (int)inputs[0].Shape[0] : 1;
        Cost = inputs.Max(i => i.Shape.Aggregate(1L, (product, axis) => product * axis));
        var length = (int)(Cost / _rows);
        var most = Math.Max(1, part / length);
        Slices = new TensorSlice[(_rows + most - 1) / most];
        for (var i = 0; i < Slices.Length; i++)
        {
            var rows = Math.Min(most, _rows - (i * most));
            Slices[i] = new(this, i * most, rows, length);
        }

        _left = Slices.Length;
    }

    public TensorInput[] Inputs { get; }

    public TensorForm Form { get; }

    public TensorSlice[] Slices { get; }

    public QueueLane Lane { get; }

    /// <summary>Whether it can be cut between its rows, and put beside others.</summary>
    public bool HasRows { get; }

    public int Rows => _rows;

    /// <summary>The length of its rows, where it can share a run with rows of other lengths; else 0.</summary>
    public int Columns { get; }

    /// <summary>Elements of the largest input.</summary>
    public long Cost { get; }

    public long RanCost => Interlocked.Read(ref _ranCost);

    /// <summary>Clock readings of <see cref="TimeProvider.GetTimestamp"/>: when it was queued, when its first slice began and when the last one ended.</summary>
    public long QueuedAt => Slices[0].QueuedAt;

    public long StartedAt => Interlocked.Read(ref _startedAt);

    public long FinishedAt { get; private set; }

    public Task<TensorOutput[]> Completion => _completion.Task;

    /// <summary>Whether nobody waits for it any more, because the caller left or a slice failed.</summary>
    public bool IsAbandoned => _completion.Task.IsCanceled || _completion.Task.IsFaulted;

    public void Started(long now) => Interlocked.CompareExchange(ref _startedAt, now, 0);

    public void Fail(Exception reason) => _completion.TrySetException(reason);

    /// <summary>Its caller has left. Runs that only it waits for are ended.</summary>
    public void Abandon()
    {
        if (!_completion.TrySetCanceled() && !IsAbandoned) return;
        foreach (var slice in Slices) slice.Leave();
    }

    /// <summary>Takes one slice's part of a run's outputs. Slices of one request may come from several threads.</summary>
    /// <param name="output">The place among those asked for.</param>
    /// <param name="shape">Of the whole run.</param>
    /// <param name="part">The slice's rows of it.</param>
    /// <exception cref="TensorsRefusedException">The outputs are larger than allowed, or do not fit together.</exception>
    public void Write(TensorSlice slice, int output, long[] shape, ReadOnlySpan<byte> part)
    {
        OutputBuffer buffer;
        lock (_gate) buffer = _outputs[output] ??= AllocateLocked(shape, part.Length / slice.Rows);
        if (!shape.AsSpan(HasRows ? 1 : 0).SequenceEqual(buffer.Shape.AsSpan(HasRows ? 1 : 0)))
            throw new TensorsRefusedException($"The output '{_specs[output].Name}' has another form for some rows than for others; send those apart.");
        part.CopyTo(buffer.Data.AsSpan((int)(slice.First * buffer.RowBytes)));
    }

    /// <summary>All outputs of a slice have been written.</summary>
    public void Complete(TensorSlice slice, long now)
    {
        Interlocked.Add(ref _ranCost, slice.Cost);
        if (Interlocked.Decrement(ref _left) > 0) return;
        FinishedAt = now;
        _completion.TrySetResult([.. _outputs.Select((o, i) => new TensorOutput(_specs[i].Name, _specs[i].Type, o!.Shape, o.Data))]);
    }

    private OutputBuffer AllocateLocked(long[] shape, long rowBytes)
    {
        _outputBytes += rowBytes * _rows;
        if (_outputBytes > _maxOutputBytes)
            throw new TensorsRefusedException($"The outputs have more than the {_maxOutputBytes >> 20} MiB that one answer may have; send fewer rows, or ask for fewer outputs.");
        return new(HasRows ? [_rows, .. shape.AsSpan(1)] : shape, rowBytes, GC.AllocateUninitializedArray<byte>((int)(rowBytes * _rows)));
    }

    private sealed record OutputBuffer(long[] Shape, long RowBytes, byte[] Data);
}
