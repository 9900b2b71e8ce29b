namespace ModelServer.Constraints.Automata;

/// <summary>Where an automaton is: in states, each above some stacks. Immutable.</summary>
/// <param name="Items">By state, each once: those that go on.</param>
/// <param name="Leaves">The same, and the states that they enter by calls; those with edges of their own.</param>
/// <param name="MayEnd">Whether the text may end here: a stack has run empty.</param>
internal sealed record Configuration(ConfigurationItem[] Items, ConfigurationItem[] Leaves, bool MayEnd)
{
    /// <summary>Whether nothing was read that could be right.</summary>
    public bool IsDead => Items.Length == 0 && !MayEnd;
}

internal readonly record struct ConfigurationItem(int State, StackSet Stacks);

/// <summary>Moves configurations of one automaton on. For one thread at a time.</summary>
internal sealed class ConfigurationStepper(PushdownAutomaton automaton, StackPool pool)
{
    private readonly Dictionary<int, StackSet> _items = [];
    private readonly Queue<int> _open = new();

    public StackPool Pool => pool;

    /// <summary>The beginning of a text.</summary>
    public Configuration Start() => From(automaton.Start, automaton.MayBeEmpty);

    /// <summary>In one state above nothing that is known.</summary>
    public Configuration In(int state) => From(state, automaton.IsAccepting(state));

    public Configuration Step(Configuration from, int symbol)
    {
        _items.Clear();
        foreach (var (state, stacks) in from.Leaves)
        {
            foreach (var edge in automaton.Edges(state))
                if (edge.Symbol == symbol) Add(edge.To, stacks);
        }

        return Settle();
    }

    public Configuration StepSpecial(Configuration from, int token)
    {
        _items.Clear();
        foreach (var (state, stacks) in from.Leaves)
        {
            foreach (var edge in automaton.Specials(state))
                if (edge.Token == token) Add(edge.To, stacks);
        }

        return Settle();
    }

    private Configuration From(int state, bool mayEnd)
    {
        _items.Clear();
        if (!automaton.IsFinal(state)) _items.Add(state, pool.Bottom);
        _open.Clear();
        return Enter(mayEnd);
    }

    /// <summary>Returns from calls that may be over, as long as there are any.</summary>
    private Configuration Settle()
    {
        var mayEnd = false;
        while (_open.TryDequeue(out var state))
        {
            if (!automaton.IsAccepting(state)) continue;
            var stacks = _items[state];
            mayEnd |= stacks.HasBottom;
            foreach (var frame in stacks.Frames) Add(frame.State, frame.Below);
        }

        return Enter(mayEnd);
    }

    /// <summary>Enters what may be called, as long as there is anything: rules that begin with themselves have been refused.</summary>
    private Configuration Enter(bool mayEnd)
    {
        var items = Sorted(state => !automaton.IsFinal(state));
        foreach (var item in items) _open.Enqueue(item.State);
        while (_open.TryDequeue(out var state))
        {
            var stacks = _items[state];
            foreach (var (entry, follow) in automaton.Calls(state)) Add(entry, follow == PushdownAutomaton.Return ? stacks : pool.Push(follow, stacks));
        }

        return new(items, Sorted(state => !automaton.Edges(state).IsEmpty || !automaton.Specials(state).IsEmpty), mayEnd);
    }

    private void Add(int state, StackSet stacks)
    {
        if (_items.TryGetValue(state, out var old) && (stacks = pool.Union(old, stacks)) == old) return;
        _items[state] = stacks;
        _open.Enqueue(state);
    }

    private ConfigurationItem[] Sorted(Func<int, bool> goesOn)
    {
        var items = new List<ConfigurationItem>(_items.Count);
        foreach (var (state, stacks) in _items)
            if (goesOn(state)) items.Add(new(state, stacks));
        items.Sort((a, b) => a.State.CompareTo(b.State));
        return [.. items];
    }
}
