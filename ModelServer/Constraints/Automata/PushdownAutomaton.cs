namespace ModelServer.Constraints.Automata;

/// <summary>A grammar as states: edges by classes of bytes and by special tokens, and calls, which put where to go on upon a stack. Every state leads to
/// an end. For any thread.</summary>
internal sealed class PushdownAutomaton
{
    /// <summary>Where a call goes on that has nothing left to do behind it.</summary>
    public const int Return = -1;

    private readonly int[] _edgesFrom, _callsFrom, _specialsFrom;
    private readonly (int Symbol, int To)[] _edges;
    private readonly (int Entry, int Follow)[] _calls;
    private readonly (int Token, int To)[] _specials;
    private readonly bool[] _accepting;
    private readonly int[] _like;

    public PushdownAutomaton(int start, bool mayBeEmpty, ByteClasses classes, IReadOnlyList<AutomatonState> states)
    {
        (Start, MayBeEmpty, Classes) = (start, mayBeEmpty, classes);
        _accepting = [.. states.Select(s => s.IsAccepting)];
        _like = [.. states.Select(s => s.Like)];
        (_edgesFrom, _edges) = Flatten(states, s => s.Edges);
        (_callsFrom, _calls) = Flatten(states, s => s.Calls);
        (_specialsFrom, _specials) = Flatten(states, s => s.Specials);
    }

    public int Start { get; }

    /// <summary>Whether the empty text is one of the grammar's.</summary>
    public bool MayBeEmpty { get; }

    public ByteClasses Classes { get; }

    public int States => _accepting.Length;

    /// <summary>Bytes of memory, about.</summary>
    public long Size => (17L * _accepting.Length) + (8L * (_edges.Length + _calls.Length + _specials.Length));

    public ReadOnlySpan<(int Symbol, int To)> Edges(int state) => _edges.AsSpan(_edgesFrom[state].._edgesFrom[state + 1]);

    public ReadOnlySpan<(int Entry, int Follow)> Calls(int state) => _calls.AsSpan(_callsFrom[state].._callsFrom[state + 1]);

    public ReadOnlySpan<(int Token, int To)> Specials(int state) => _specials.AsSpan(_specialsFrom[state].._specialsFrom[state + 1]);

    /// <summary>Whether what was called may return here.</summary>
    public bool IsAccepting(int state) => _accepting[state];

    /// <summary>Whether nothing goes on here.</summary>
    public bool IsFinal(int state) => Edges(state).IsEmpty && Calls(state).IsEmpty && Specials(state).IsEmpty;

    /// <summary>A state from which the same tokens may follow: places of a long repeat that are far from its bounds are alike.</summary>
    public int LikeOf(int state) => _like[state];

    private static (int[] From, T[] All) Flatten<T>(IReadOnlyList<AutomatonState> states, Func<AutomatonState, List<T>> of)
    {
        var from = new int[states.Count + 1];
        for (var i = 0; i < states.Count; i++) from[i + 1] = from[i] + of(states[i]).Count;
        return (from, [.. states.SelectMany(of)]);
    }
}

/// <summary>One state while an automaton is put together.</summary>
internal sealed class AutomatonState(bool isAccepting, int like)
{
    public bool IsAccepting => isAccepting;

    public int Like => like;

    public List<(int Symbol, int To)> Edges { get; } = [];

    public List<(int Entry, int Follow)> Calls { get; } = [];

    public List<(int Token, int To)> Specials { get; } = [];
}
