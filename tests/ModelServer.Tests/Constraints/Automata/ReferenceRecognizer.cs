using ModelServer.Constraints;

namespace ModelServer.Tests.Constraints.Automata;

/// <summary>Reads texts by a grammar in the plainest way: all lists of expressions that may still have to come, one byte at a time.</summary>
internal sealed class ReferenceRecognizer
{
    private readonly Dictionary<(object Item, int Below), int> _ids = [];
    private readonly List<(object Item, int Below)> _stacks = [(new object(), -1)];
    private readonly Dictionary<string, int[]> _sets = [];
    private readonly Dictionary<(string, byte), string> _steps = [];
    private readonly Dictionary<(object, string), Partial> _partials = [];
    private readonly Dictionary<(object, Grammar), Scoped> _scoped = new(new ByReference());
    private readonly HashSet<Scoped> _reached = [], _productive = [];

    public ReferenceRecognizer(Grammar grammar)
    {
        var root = In(grammar.Root, grammar);
        Reach(root);
        while (_scoped.Values.Count(s => IsProductive(s) && _productive.Add(s)) > 0)
        {
        }

        Start = SetOf(Expand([Push(root, 0)]));
    }

    /// <summary>The state before any byte; the empty string is that of a text that can no longer be right.</summary>
    public string Start { get; }

    /// <summary>The state behind a byte.</summary>
    public string Step(string state, byte next)
    {
        if (state.Length == 0) return "";
        if (_steps.TryGetValue((state, next), out var known)) return known;
        var after = new List<int>();
        foreach (var stack in _sets[state])
        {
            if (stack == 0) continue;
            var (item, below) = _stacks[stack];
            var partial = (Partial)item;
            if (partial.Next(next) is not { } rest) continue;
            after.Add(rest.IsWhole ? below : Push(Known(rest), below));
        }

        return _steps[(state, next)] = SetOf(Expand(after));
    }

    public string Read(string state, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes) state = Step(state, b);
        return state;
    }

    public bool IsWhole(string state) => state.Length > 0 && _sets[state].Contains(0);

    private string SetOf(SortedSet<int> stacks)
    {
        if (stacks.Count == 0) return "";
        var key = string.Join(',', stacks);
        _sets.TryAdd(key, [.. stacks]);
        return key;
    }

    /// <summary>Replaces what is on top until it is a byte that must come, or nothing.</summary>
    private SortedSet<int> Expand(IEnumerable<int> stacks)
    {
        var (done, seen) = (new SortedSet<int>(), new HashSet<int>());
        var open = new Stack<int>(stacks);
        while (open.TryPop(out var stack))
        {
            if (!seen.Add(stack)) continue;
            var (item, below) = _stacks[stack];
            if (stack == 0 || item is Partial) done.Add(stack);
            else if (item is RepeatState repeat)
            {
                if (repeat.Done >= repeat.Repeat.Min) open.Push(below);
                if (repeat.Repeat.Max is null || repeat.Done < repeat.Repeat.Max)
                {
                    var part = In(repeat.Repeat.Part, repeat.Grammar);
                    // Beyond the least number, one more or many more of them make no difference.
                    var next = new RepeatState(repeat.Repeat, repeat.Grammar, repeat.Repeat.Max is null ? Math.Min(repeat.Done + 1, repeat.Repeat.Min) : repeat.Done + 1);
                    if (_productive.Contains(part)) open.Push(Push(part, Push(next, below)));
                }
            }
            else foreach (var next in Alternatives((Scoped)item, below)) open.Push(next);
        }

        return done;
    }

    private IEnumerable<int> Alternatives(Scoped item, int below)
    {
        var grammar = item.Grammar;
        switch (item.Expression)
        {
            case TextExpression text:
                yield return text.Value.Length == 0 ? below : Push(Known(new Partial(text, text.Value, [], "")), below);
                break;
            case CharacterExpression set:
                yield return Push(Known(new Partial(set, null, set.Ranges, "")), below);
                break;
            case SequenceExpression sequence:
                if (!sequence.Parts.All(p => _productive.Contains(In(p, grammar)))) break;
                for (var i = sequence.Parts.Count - 1; i >= 0; i--) below = Push(In(sequence.Parts[i], grammar), below);
                yield return below;
                break;
            case ChoiceExpression choice:
                foreach (var option in choice.Options)
                    if (_productive.Contains(In(option, grammar))) yield return Push(In(option, grammar), below);
                break;
            case RepeatExpression repeat:
                yield return Push(new RepeatState(repeat, grammar, 0), below);
                break;
            case RuleExpression or GrammarExpression:
                var target = Target(item);
                if (_productive.Contains(target)) yield return Push(target, below);
                break;
        }
    }

    private Scoped Target(Scoped item) => item.Expression is RuleExpression rule
        ? In(item.Grammar.Rules[rule.Name], item.Grammar)
        : In(((GrammarExpression)item.Expression).Grammar.Root, ((GrammarExpression)item.Expression).Grammar);

    private void Reach(Scoped item)
    {
        if (!_reached.Add(item)) return;
        foreach (var part in Parts(item)) Reach(part);
    }

    private IEnumerable<Scoped> Parts(Scoped item) => item.Expression switch
    {
        SequenceExpression sequence => sequence.Parts.Select(p => In(p, item.Grammar)),
        ChoiceExpression choice => choice.Options.Select(o => In(o, item.Grammar)),
        RepeatExpression repeat => [In(repeat.Part, item.Grammar)],
        RuleExpression or GrammarExpression => [Target(item)],
        _ => [],
    };

    private bool IsProductive(Scoped item) => item.Expression switch
    {
        CharacterExpression set => set.Ranges.Count > 0,
        ChoiceExpression => Parts(item).Any(_productive.Contains),
        RepeatExpression { Min: 0 } => true,
        _ => Parts(item).All(_productive.Contains),
    };

    private Scoped In(Expression expression, Grammar grammar)
    {
        if (!_scoped.TryGetValue((expression, grammar), out var known)) _scoped.Add((expression, grammar), known = new(expression, grammar));
        return known;
    }

    private Partial Known(Partial partial)
    {
        if (!_partials.TryGetValue((partial.Source, partial.Read + "/" + partial.Text), out var known)) _partials.Add((partial.Source, partial.Read + "/" + partial.Text), known = partial);
        return known;
    }

    private int Push(object item, int below)
    {
        if (_ids.TryGetValue((item, below), out var id)) return id;
        _stacks.Add((item, below));
        return _ids[(item, below)] = _stacks.Count - 1;
    }

    private sealed class Scoped(Expression expression, Grammar grammar)
    {
        public Expression Expression => expression;

        public Grammar Grammar => grammar;
    }

    private sealed record RepeatState(RepeatExpression Repeat, Grammar Grammar, int Done);

    /// <summary>A text or a character of which some bytes have come.</summary>
    /// <param name="Read">The bytes that have, one for each unit.</param>
    private sealed record Partial(object Source, string? Text, IReadOnlyList<(int First, int Last)> Ranges, string Read)
    {
        public bool IsWhole => Text is not null ? Read.Length == System.Text.Encoding.UTF8.GetByteCount(Text) : Read.Length > 0 && Completions(Read) is var (first, last) && first == last;

        public Partial? Next(byte next)
        {
            var read = Read + (char)next;
            if (Text is not null) return System.Text.Encoding.UTF8.GetBytes(Text)[Read.Length] == next ? this with { Read = read } : null;
            return Completions(read) is var (first, last) && first <= last && Ranges.Any(r => r.First <= last && r.Last >= first && !(Math.Max(r.First, first) >= 0xD800 && Math.Min(r.Last, last) <= 0xDFFF))
                ? this with { Read = read }
                : null;
        }

        /// <summary>The characters whose encodings begin with some bytes; none where the first is above the last.</summary>
        private static (int First, int Last) Completions(string bytes)
        {
            var lead = bytes[0];
            var (length, bits) = lead switch
            {
                < (char)0x80 => (1, lead),
                < (char)0xC2 => (0, 0),
                < (char)0xE0 => (2, lead & 0x1F),
                < (char)0xF0 => (3, lead & 0xF),
                < (char)0xF5 => (4, lead & 7),
                _ => (0, 0),
            };
            if (length == 0 || bytes.Length > length) return (1, 0);
            foreach (var tail in bytes.Skip(1))
            {
                if (tail is < (char)0x80 or > (char)0xBF) return (1, 0);
                bits = (bits << 6) | (tail & 0x3F);
            }

            var open = 6 * (length - bytes.Length);
            var least = length switch { 1 => 0, 2 => 0x80, 3 => 0x800, _ => 0x10000 };
            return (Math.Max(bits << open, least), Math.Min(((bits + 1) << open) - 1, 0x10FFFF));
        }
    }

    private sealed class ByReference : IEqualityComparer<(object, Grammar)>
    {
        public bool Equals((object, Grammar) x, (object, Grammar) y) => ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((object, Grammar) pair)
            => HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Item1), System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Item2));
    }
}
