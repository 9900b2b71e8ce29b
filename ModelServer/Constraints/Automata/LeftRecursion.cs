namespace ModelServer.Constraints.Automata;

/// <summary>Finds rules that come to themselves before a first byte: entering one would never end.</summary>
internal static class LeftRecursion
{
    /// <exception cref="InvalidFieldException">There is one.</exception>
    public static void Refuse(IReadOnlyList<Procedure> procedures, SymbolTable symbols, CompilationBudget budget)
    {
        var first = procedures.Select(p => p.Graph.Edges.Where(e => e.From == p.Graph.Start && symbols.IsCall(e.Symbol)).Select(e => symbols.ProcedureOf(e.Symbol)).ToArray()).ToArray();
        var waiting = new int[procedures.Count];
        foreach (var calls in first)
            foreach (var called in calls) waiting[called]++;

        // Whoever is called at the beginning of nobody is put aside, again and again; what is left is a circle, or called by one.
        var open = new Stack<int>(Enumerable.Range(0, waiting.Length).Where(p => waiting[p] == 0));
        while (open.TryPop(out var procedure))
        {
            foreach (var called in first[procedure])
                if (--waiting[called] == 0) open.Push(called);
        }

        var left = Array.FindIndex(waiting, count => count > 0);
        if (left < 0) return;
        // Back along the circle: a procedure that is left is called by another that is.
        for (var steps = 0; steps < waiting.Length; steps++)
        {
            budget.Spend(waiting.Length);
            left = Enumerable.Range(0, first.Length).First(caller => waiting[caller] > 0 && first[caller].Contains(left));
        }

        throw budget.Refuse($"is left-recursive: the rule \"{procedures[left].Name}\" comes to itself before a first character. Repeats or recursion on the right say the same");
    }
}
