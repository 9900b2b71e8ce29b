namespace ModelServer.Constraints.Automata;

/// <summary>Compiles a grammar for one vocabulary: rules to procedures, those to least automata, these to one pushdown automaton.</summary>
internal static class AutomatonCompiler
{
    /// <param name="field">The request's field that the grammar comes from, for messages.</param>
    /// <exception cref="InvalidFieldException">The grammar is not one, has no text that the vocabulary can spell, begins a rule with itself, or is too large.</exception>
    public static PushdownAutomaton Compile(Grammar grammar, TokenVocabulary vocabulary, string field, CancellationToken cancellationToken)
    {
        var budget = new CompilationBudget(field, cancellationToken);

        // 1. Rules: which of them are written out, which are called.
        var rules = new RuleGraph(grammar, budget);
        var procedures = new ProcedureBuilder(rules, vocabulary.SpecialToken, budget).Build();
        var symbols = new SymbolTable(procedures, vocabulary.UsableBytes);

        // 2. An automaton for each procedure, of texts that are not empty: where one may be, its caller has a way around.
        foreach (var procedure in procedures)
        {
            procedure.Graph = procedure.Repeat is { } repeat ? Chain(repeat, symbols, budget) : new SubsetConstruction(procedure.Nfa!, symbols, budget).Build();
            if (procedure.Repeat is null) WithoutEmptyText(procedure.Graph);
        }

        // 3. Without what leads nowhere.
        while (procedures.Reverse().Aggregate(false, (changed, p) => FindText(p, procedures, symbols, budget) || changed))
        {
        }

        var mayBeEmpty = rules.Root.IsNullable;
        if (!procedures[0].HasText && !mayBeEmpty) throw budget.Refuse("has no text that the model's tokenizer can spell");
        foreach (var procedure in procedures)
        {
            Trim(procedure, procedures, symbols);
            if (procedure.Repeat is null && procedure.Graph.IsDeterministic) procedure.Graph = Minimization.Minimize(procedure.Graph);
        }

        LeftRecursion.Refuse(procedures, symbols, budget);

        // 4. All in one.
        return Assembly.Join(procedures, symbols, vocabulary.LongestToken, mayBeEmpty);
    }

    private static StateGraph Chain(CountedRepeat repeat, SymbolTable symbols, CompilationBudget budget)
    {
        budget.AddStates(repeat.Last + 1L);
        var graph = new StateGraph();
        var call = symbols.CallOf(repeat.Procedure);
        // The first place accepts nothing: that would be the empty text.
        for (var place = 0; place <= repeat.Last; place++) graph.Add(place >= repeat.Min && place > 0);
        for (var place = 0; place < repeat.Last; place++) graph.Edges.Add((place, call, place + 1));
        if (repeat.Max is null) AddLoop();
        return graph;

        void AddLoop()
        {
            if (repeat.Last > 0)
            {
                graph.Edges.Add((repeat.Last, call, repeat.Last));
                return;
            }

            graph.Edges.Add((0, call, graph.Add(true)));
            graph.Edges.Add((1, call, 1));
        }
    }

    private static void WithoutEmptyText(StateGraph graph)
    {
        if (!graph.Accepting[graph.Start]) return;
        var start = graph.Add(isAccepting: false);
        foreach (var edge in graph.Edges.ToArray())
            if (edge.From == graph.Start) graph.Edges.Add((start, edge.Symbol, edge.To));
        graph.Start = start;
    }

    /// <returns>Whether a procedure that seemed to have no text has one.</returns>
    private static bool FindText(Procedure procedure, IReadOnlyList<Procedure> all, SymbolTable symbols, CompilationBudget budget)
    {
        if (procedure.HasText) return false;
        budget.Spend(procedure.Graph.Edges.Count + 1);
        return procedure.HasText = LeadsToEnd(procedure.Graph, all, symbols)[procedure.Graph.Start];
    }

    private static void Trim(Procedure procedure, IReadOnlyList<Procedure> all, SymbolTable symbols)
    {
        var graph = procedure.Graph;
        var leads = LeadsToEnd(graph, all, symbols);
        var trimmed = new StateGraph { IsDeterministic = graph.IsDeterministic };
        var ids = new int[leads.Length];
        for (var state = 0; state < leads.Length; state++) ids[state] = leads[state] || state == graph.Start ? trimmed.Add(graph.Accepting[state]) : -1;
        trimmed.Start = ids[graph.Start];
        trimmed.Edges = [.. graph.Edges.Where(e => ids[e.From] >= 0 && leads[e.To] && CanPass(e.Symbol, all, symbols)).Select(e => (ids[e.From], e.Symbol, ids[e.To]))];
        procedure.Graph = trimmed;
    }

    private static bool CanPass(int symbol, IReadOnlyList<Procedure> all, SymbolTable symbols) => !symbols.IsCall(symbol) || all[symbols.ProcedureOf(symbol)].HasText;

    /// <summary>The states from which an end can be reached.</summary>
    private static bool[] LeadsToEnd(StateGraph graph, IReadOnlyList<Procedure> all, SymbolTable symbols)
    {
        var into = graph.Edges.Where(e => CanPass(e.Symbol, all, symbols)).ToLookup(e => e.To, e => e.From);
        var leads = graph.Accepting.ToArray();
        var open = new Stack<int>(Enumerable.Range(0, leads.Length).Where(s => leads[s]));
        while (open.TryPop(out var state))
        {
            foreach (var from in into[state])
            {
                if (leads[from]) continue;
                leads[from] = true;
                open.Push(from);
            }
        }

        return leads;
    }
}
