using Testing;

namespace ModelServer.Tests.Caching;

/// <summary>Counts what it is asked to compute and answers when told.</summary>
internal sealed class FakeEngine
{
    private readonly List<(int Index, TaskCompletionSource<float[]> Run)> _runs = [];

    /// <summary>Inputs that were started.</summary>
    public int Started
    {
        get { lock (_runs) return _runs.Count; }
    }

    public Task<float[]>[] Compute(IReadOnlyList<int> missing)
    {
        lock (_runs)
        {
            var runs = missing.Select(i => (i, new TaskCompletionSource<float[]>(TaskCreationOptions.RunContinuationsAsynchronously))).ToArray();
            _runs.AddRange(runs);
            return Array.ConvertAll(runs, r => r.Item2.Task);
        }
    }

    /// <summary>The row of input <c>i</c> is <c>[i, 1]</c>.</summary>
    public Task<float[]>[] ComputeAtOnce(IReadOnlyList<int> missing)
    {
        var runs = Compute(missing);
        Complete();
        return runs;
    }

    /// <summary>Answers all that is started.</summary>
    public void Complete() => End((index, run) => run.TrySetResult([index, 1]));

    public void Fail(Exception reason) => End((_, run) => run.TrySetException(reason));

    public void Cancel() => End((_, run) => run.TrySetCanceled());

    /// <summary>Waits until so many inputs were started.</summary>
    public Task StartedAsync(int inputs) => Eventually.HoldsAsync(() => Started >= inputs);

    private void End(Action<int, TaskCompletionSource<float[]>> end)
    {
        lock (_runs)
            foreach (var (index, run) in _runs) end(index, run);
    }
}
