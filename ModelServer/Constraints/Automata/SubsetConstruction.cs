namespace ModelServer.Constraints.Automata;

/// <summary>Makes an automaton deterministic (subset construction). One that would grow too much is only rid of its empty edges: whoever walks it must be
/// able to be in several states anyway.</summary>
internal sealed class SubsetConstruction(Nfa nfa, SymbolTable symbols, CompilationBudget budget)
{
    private readonly int[] _stamps = new int[nfa.Count];
    private readonly Stack<int> _open = new();
    private int _stamp;

    public StateGraph Build() => Deterministic() ?? WithoutEmptyEdges();

    private StateGraph? Deterministic()
    {
        var most = 512 + (4L * nfa.Count);
        var graph = new StateGraph();
        var ids = new Dictionary<int[], int>(SetComparer.Instance);
        var sets = new Queue<int[]>();
        var moves = new SortedDictionary<int, List<int>>();
        IdOf(Closure([nfa.Start]));
        for (var from = 0; sets.TryDequeue(out var set); from++)
        {
            moves.Clear();
            foreach (var state in set)
            {
                foreach (var edge in nfa.From(state))
                {
                    foreach (var symbol in symbols.Of(edge))
                    {
                        if (!moves.TryGetValue(symbol, out var targets)) moves.Add(symbol, targets = []);
                        targets.Add(edge.To);
                    }
                }
            }

            foreach (var (symbol, targets) in moves) graph.Edges.Add((from, symbol, IdOf(Closure(targets))));
            if (ids.Count > most) return null;
        }

        return graph;

        int IdOf(int[] set)
        {
            if (ids.TryGetValue(set, out var known)) return known;
            budget.Spend(set.Length);
            sets.Enqueue(set);
            ids.Add(set, ids.Count);
            return graph.Add(set.Contains(nfa.End));
        }
    }

    private StateGraph WithoutEmptyEdges()
    {
        var graph = new StateGraph { Start = nfa.Start, IsDeterministic = false };
        var spent = 0;
        for (var state = 0; state < nfa.Count; state++)
        {
            var closure = Closure([state]);
            graph.Add(closure.Contains(nfa.End));
            foreach (var near in closure)
            {
                foreach (var edge in nfa.From(near))
                    foreach (var symbol in symbols.Of(edge)) graph.Edges.Add((state, symbol, edge.To));
            }

            budget.Spend(graph.Edges.Count - spent);
            spent = graph.Edges.Count;
        }

        return graph;
    }

    /// <summary>All states that can be reached without anything, in order: those that matter, which have other edges or are the end.</summary>
    private int[] Closure(IReadOnlyList<int> states)
    {
        _stamp++;
        var found = new List<int>();
        foreach (var state in states) Reach(state);
        while (_open.TryPop(out var state))
        {
            var matters = state == nfa.End;
            foreach (var edge in nfa.From(state))
            {
                if (edge.Kind == EdgeKind.Empty) Reach(edge.To);
                else matters = true;
            }

            if (matters) found.Add(state);
            budget.Spend(1);
        }

        found.Sort();
        return [.. found];

        void Reach(int state)
        {
            if (_stamps[state] == _stamp) return;
            _stamps[state] = _stamp;
            _open.Push(state);
        }
    }

    private sealed class SetComparer : IEqualityComparer<int[]>
    {
        public static SetComparer Instance { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] set)
        {
            var hash = default(HashCode);
            hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(set.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
