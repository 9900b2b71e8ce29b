namespace Gateway.Tests.Rollouts;

/// <summary>A store of one process that can go away, lose what it has, and swap without its answer coming back.</summary>
internal sealed class MemoryRollouts : IRolloutStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Rollout> _all = [];
    private Action? _changed;

    public bool IsAway { get; set; }

    /// <summary>Whether the next swap is made and its answer lost.</summary>
    public bool LosesNextAnswer { get; set; }

    /// <summary>How many of the next swaps somebody else is faster than.</summary>
    public int Rivals { get; set; }

    /// <summary>Every document that was ever written, in order.</summary>
    public List<Rollout> Written { get; } = [];

    public Rollout? Of(string model)
    {
        lock (_gate) return _all.GetValueOrDefault(model);
    }

    public void Lose()
    {
        lock (_gate) _all.Clear();
    }

    public ValueTask<IReadOnlyCollection<Rollout>?> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return new(IsAway ? null : _all.Values.ToArray());
    }

    public ValueTask<SwapOutcome> TrySwapAsync(Rollout next, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (IsAway) return new(SwapOutcome.Unavailable);
            var current = _all.GetValueOrDefault(next.Model);
            if (Rivals > 0)
            {
                Rivals--;
                _all[next.Model] = (current ?? next) with { Revision = next.Revision };
                return new(SwapOutcome.Outdated);
            }

            if ((current?.Revision ?? 0) != next.Revision - 1) return new(SwapOutcome.Outdated);
            _all[next.Model] = next;
            Written.Add(next);
        }

        _changed?.Invoke();
        var isLost = LosesNextAnswer;
        LosesNextAnswer = false;
        return new(isLost ? SwapOutcome.Unavailable : SwapOutcome.Swapped);
    }

    public ValueTask RestoreAsync(Rollout known, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!IsAway && !(_all.TryGetValue(known.Model, out var current) && current.Revision >= known.Revision)) _all[known.Model] = known;
        }

        return default;
    }

    public IDisposable Subscribe(Action changed)
    {
        _changed += changed;
        return new Subscription(() => _changed -= changed);
    }

    public ValueTask<IAsyncDisposable?> TryLeaseAsync(string model, CancellationToken cancellationToken) => throw new NotSupportedException();

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
