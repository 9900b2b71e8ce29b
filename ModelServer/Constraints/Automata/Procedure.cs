namespace ModelServer.Constraints.Automata;

/// <summary>A part of a grammar that is called: a rule that is recursive or large, the part of a long repeat, or the repeat itself.</summary>
internal sealed class Procedure(int id, string name)
{
    public int Id => id;

    /// <summary>For messages.</summary>
    public string Name => name;

    /// <summary>Null for a repeat.</summary>
    public Nfa? Nfa { get; set; }

    /// <summary>A long repeat of another procedure; else null.</summary>
    public CountedRepeat? Repeat { get; set; }

    /// <summary>Made of the automaton or the repeat.</summary>
    public StateGraph Graph { get; set; } = new();

    /// <summary>Whether it has any text.</summary>
    public bool HasText { get; set; }
}

/// <param name="Max">Null for any number.</param>
internal sealed record CountedRepeat(int Procedure, int Min, int? Max)
{
    /// <summary>The last place of the chain.</summary>
    public int Last => Max ?? Min;

    /// <summary>Where in the chain the same may follow as at a place, as far as so many bytes can tell.</summary>
    public int LikeOf(int place, int bytes)
    {
        if (Last - place < bytes && Max is not null) return place;
        // The place 0 accepts nothing.
        if (place >= Min) return Math.Max(Min, 1);
        return Min - place < bytes ? place : 0;
    }
}

/// <summary>An automaton over symbols: classes of bytes, calls, special tokens. Mostly deterministic.</summary>
internal sealed class StateGraph
{
    public List<(int From, int Symbol, int To)> Edges { get; set; } = [];

    public List<bool> Accepting { get; set; } = [];

    public int Start { get; set; }

    /// <summary>Whether no state has two edges of one symbol.</summary>
    public bool IsDeterministic { get; set; } = true;

    public int Add(bool isAccepting)
    {
        Accepting.Add(isAccepting);
        return Accepting.Count - 1;
    }
}
