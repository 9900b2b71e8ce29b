namespace ModelServer.Constraints.Regex;

/// <summary>A deterministic automaton over characters: what regular languages are met, complemented and counted with. State 0 is the first. No state is kept
/// from which no text ends, so an automaton without states accepts nothing.</summary>
internal sealed class CharacterAutomaton
{
    private readonly State[] _states;

    /// <summary>Takes states that any may lead nowhere.</summary>
    internal CharacterAutomaton(IReadOnlyList<State> states) => _states = Trimmed(states);

    public static CharacterAutomaton Everything { get; } = new([new(true, [(CharacterSet.All, 0)])]);

    public IReadOnlyList<State> States => _states;

    public bool IsEmpty => _states.Length == 0;

    public bool IsEverything => _states is [{ Accepts: true, Edges: [var (set, _)] }] && set.Ranges.SequenceEqual(CharacterSet.All.Ranges);

    public bool Accepts(string text)
    {
        if (IsEmpty) return false;
        var state = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            state = _states[state].Edges.Where(e => e.Set.Contains(rune.Value)).Select(e => e.To).DefaultIfEmpty(-1).First();
            if (state < 0) return false;
        }

        return _states[state].Accepts;
    }

    public CharacterAutomaton Meet(CharacterAutomaton other, WorkBudget budget)
    {
        if (IsEverything || other.IsEmpty) return other;
        if (other.IsEverything || IsEmpty) return this;
        return Explore((0, 0), pair => (_states[pair.Item1].Accepts && other._states[pair.Item2].Accepts,
            from a in _states[pair.Item1].Edges from b in other._states[pair.Item2].Edges select (a.Set.Intersect(b.Set), (a.To, b.To))), budget);
    }

    /// <summary>Every text that this does not accept.</summary>
    public CharacterAutomaton Complement(WorkBudget budget)
    {
        budget.Spend(_states.Length + 1);
        var dead = _states.Length;
        return new([.. _states.Select(s => new State(!s.Accepts, [.. s.Edges, (s.Edges.Aggregate(CharacterSet.All, (rest, e) => rest.Except(e.Set)), dead)])),
            new(true, [(CharacterSet.All, dead)])]);
    }

    /// <summary>Those of its texts that are so many characters long.</summary>
    public CharacterAutomaton OfLength(int min, int? max, WorkBudget budget)
    {
        if (IsEmpty || (min == 0 && max is null)) return this;
        // Beyond what is asked for, lengths are not told apart.
        var last = max ?? min;
        return Explore((0, 0), at => (_states[at.Item1].Accepts && at.Item2 >= min,
            at.Item2 == max ? [] : _states[at.Item1].Edges.Select(e => (e.Set, (e.To, Math.Min(at.Item2 + 1, last))))), budget);
    }

    /// <summary>The lengths of its shortest and its longest texts.</summary>
    /// <returns>A longest of null where there is none.</returns>
    public (int Shortest, int? Longest) Lengths()
    {
        if (IsEmpty) return (0, 0);
        var (shortest, seen, next) = (-1, new HashSet<int> { 0 }, new List<int> { 0 });
        // Every state leads to an end, so a text that is longer than there are states goes round in a circle.
        for (var length = 0; ; length++)
        {
            if (shortest < 0 && next.Exists(s => _states[s].Accepts)) shortest = length;
            var after = next.SelectMany(s => _states[s].Edges.Select(e => e.To)).Distinct().ToList();
            if (after.Count == 0) return (shortest, length);
            seen.UnionWith(after);
            if (length > _states.Length) return (shortest, null);
            next = after;
        }
    }

    /// <summary>The states that can be reached from one, by what each is made of.</summary>
    internal static CharacterAutomaton Explore<TState>(
        TState start, Func<TState, (bool Accepts, IEnumerable<(CharacterSet Set, TState To)> Edges)> expand, WorkBudget budget)
        where TState : notnull
    {
        var numbers = new Dictionary<TState, int> { [start] = 0 };
        var (queue, states) = (new Queue<TState>([start]), new List<State>());
        while (queue.TryDequeue(out var state))
        {
            var (accepts, edges) = expand(state);
            // Several ways to one state become one edge.
            var byTarget = new Dictionary<int, CharacterSet>();
            foreach (var (set, to) in edges)
            {
                budget.Spend(1 + (set.Ranges.Count / 4));
                if (set.IsEmpty) continue;
                if (!numbers.TryGetValue(to, out var number))
                {
                    numbers[to] = number = numbers.Count;
                    queue.Enqueue(to);
                }

                byTarget[number] = byTarget.TryGetValue(number, out var other) ? other.Union(set) : set;
            }

            states.Add(new(accepts, [.. byTarget.Select(e => (e.Value, e.Key))]));
        }

        return new(states);
    }

    private static State[] Trimmed(IReadOnlyList<State> states)
    {
        var sources = new List<int>[states.Count];
        for (var i = 0; i < sources.Length; i++) sources[i] = [];
        for (var i = 0; i < states.Count; i++)
            foreach (var (set, to) in states[i].Edges)
                if (!set.IsEmpty) sources[to].Add(i);
        var live = new HashSet<int>();
        var queue = new Queue<int>(Enumerable.Range(0, states.Count).Where(i => states[i].Accepts));
        while (queue.TryDequeue(out var state))
            if (live.Add(state)) sources[state].ForEach(queue.Enqueue);
        if (!live.Contains(0)) return [];
        var kept = Enumerable.Range(0, states.Count).Where(live.Contains).ToArray();
        var numbers = kept.Select((old, i) => (old, i)).ToDictionary(p => p.old, p => p.i);
        return [.. kept.Select(i => new State(states[i].Accepts, [.. states[i].Edges.Where(e => !e.Set.IsEmpty && live.Contains(e.To)).Select(e => (e.Set, numbers[e.To]))]))];
    }

    /// <param name="Edges">Their sets do not overlap.</param>
    internal sealed record State(bool Accepts, IReadOnlyList<(CharacterSet Set, int To)> Edges);
}
