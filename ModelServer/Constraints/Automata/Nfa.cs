namespace ModelServer.Constraints.Automata;

/// <summary>What an edge asks for.</summary>
internal enum EdgeKind
{
    /// <summary>Nothing.</summary>
    Empty,

    /// <summary>A byte from <c>A</c> to <c>B</c>.</summary>
    Bytes,

    /// <summary>A text of procedure <c>A</c>, never an empty one.</summary>
    Call,

    /// <summary>The special token <c>A</c>.</summary>
    Special,
}

internal readonly record struct NfaEdge(EdgeKind Kind, int A, int B, int To);

/// <summary>A nondeterministic automaton with one start and one end.</summary>
internal sealed class Nfa(CompilationBudget budget)
{
    private readonly List<List<NfaEdge>?> _edges = [];

    public int Start { get; set; }

    public int End { get; set; }

    public int Count => _edges.Count;

    public IReadOnlyList<NfaEdge> From(int state) => _edges[state] ?? (IReadOnlyList<NfaEdge>)[];

    public int AddState()
    {
        budget.AddStates(1);
        _edges.Add(null);
        return _edges.Count - 1;
    }

    public void Add(int from, EdgeKind kind, int a, int b, int to) => (_edges[from] ??= new(1)).Add(new(kind, a, b, to));
}
