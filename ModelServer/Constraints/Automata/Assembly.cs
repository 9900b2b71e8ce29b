namespace ModelServer.Constraints.Automata;

/// <summary>Puts the automata of all procedures into one.</summary>
internal static class Assembly
{
    /// <param name="longestToken">Bytes; for which places of long repeats are alike.</param>
    public static PushdownAutomaton Join(IReadOnlyList<Procedure> procedures, SymbolTable symbols, int longestToken, bool mayBeEmpty)
    {
        var bases = new int[procedures.Count + 1];
        for (var i = 0; i < procedures.Count; i++) bases[i + 1] = bases[i] + procedures[i].Graph.Accepting.Count;

        var states = new List<AutomatonState>(bases[^1]);
        for (var i = 0; i < procedures.Count; i++)
        {
            var (graph, repeat) = (procedures[i].Graph, procedures[i].Repeat);
            for (var state = 0; state < graph.Accepting.Count; state++)
                states.Add(new(graph.Accepting[state], bases[i] + (repeat is not null && state <= repeat.Last && state > 0 ? repeat.LikeOf(state, longestToken + 1) : state)));
        }

        foreach (var (procedure, first) in procedures.Zip(bases))
        {
            var goesOn = procedure.Graph.Edges.Select(e => e.From).ToHashSet();
            foreach (var (from, symbol, to) in procedure.Graph.Edges)
            {
                var state = states[first + from];
                if (symbols.IsByte(symbol)) state.Edges.Add((symbol, first + to));
                else if (!symbols.IsCall(symbol)) state.Specials.Add((symbols.TokenOf(symbol), first + to));
                else
                {
                    var called = symbols.ProcedureOf(symbol);
                    state.Calls.Add((bases[called] + procedures[called].Graph.Start, goesOn.Contains(to) ? first + to : PushdownAutomaton.Return));
                }
            }
        }

        return new(bases[0] + procedures[0].Graph.Start, mayBeEmpty, symbols.Classes, states);
    }
}
