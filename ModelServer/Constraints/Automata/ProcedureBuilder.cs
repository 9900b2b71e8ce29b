using System.Runtime.CompilerServices;
using System.Text;

namespace ModelServer.Constraints.Automata;

/// <summary>Turns the rules of a grammar into procedures: writes small ones out where they are used, makes automata of the others.</summary>
internal sealed class ProcedureBuilder(RuleGraph rules, Func<string, int?> specialToken, CompilationBudget budget)
{
    private readonly List<Procedure> _procedures = [];
    private readonly Dictionary<Rule, Procedure> _ofRules = [];
    private readonly Dictionary<(Expression, RuleScope), Procedure> _ofParts = new(ByReference.Instance);
    private readonly Queue<(Procedure Procedure, Expression Body, RuleScope Scope)> _open = new();

    /// <summary>All that the root calls; the root itself is the first.</summary>
    public IReadOnlyList<Procedure> Build()
    {
        OfRule(rules.Root);
        while (_open.TryDequeue(out var next))
        {
            var nfa = new Nfa(budget);
            (nfa.Start, nfa.End) = (nfa.AddState(), nfa.AddState());
            next.Procedure.Nfa = nfa;
            Add(nfa, next.Body, next.Scope, nfa.Start, nfa.End);
        }

        return _procedures;
    }

    private Procedure OfRule(Rule rule)
    {
        if (_ofRules.TryGetValue(rule, out var known)) return known;
        return _ofRules[rule] = Open(rule.Name, rule.Body, rule.Scope);
    }

    private Procedure Open(string name, Expression body, RuleScope scope)
    {
        var procedure = new Procedure(_procedures.Count, name);
        _procedures.Add(procedure);
        _open.Enqueue((procedure, body, scope));
        return procedure;
    }

    private void Add(Nfa nfa, Expression expression, RuleScope scope, int from, int to)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw budget.Refuse("nests too deeply");
        switch (expression)
        {
            case TextExpression text:
                AddText(nfa, text.Value, from, to);
                break;
            case CharacterExpression set:
                AddSet(nfa, set, from, to);
                break;
            case SequenceExpression sequence:
                for (var i = 0; i < sequence.Parts.Count; i++)
                {
                    var next = i == sequence.Parts.Count - 1 ? to : nfa.AddState();
                    Add(nfa, sequence.Parts[i], scope, from, next);
                    from = next;
                }

                if (sequence.Parts.Count == 0) nfa.Add(from, EdgeKind.Empty, 0, 0, to);
                break;
            case ChoiceExpression choice:
                foreach (var option in choice.Options)
                {
                    // A state of its own: an option may loop back to where it begins.
                    var start = nfa.AddState();
                    nfa.Add(from, EdgeKind.Empty, 0, 0, start);
                    Add(nfa, option, scope, start, to);
                }

                break;
            case RepeatExpression repeat when rules.IsCounted(repeat, scope):
                var (part, isNullable) = (OfPart(repeat.Part, scope), rules.IsNullable(repeat.Part, scope));
                Call(nfa, OfRepeat(repeat, part, isNullable, scope), isNullable || repeat.Min == 0, from, to);
                break;
            case RepeatExpression repeat:
                AddRepeat(nfa, repeat, scope, from, to);
                break;
            case RuleExpression or GrammarExpression:
                var rule = rules.Resolve(expression, scope);
                if (rule.IsInlined) Add(nfa, rule.Body, rule.Scope, from, to);
                else Call(nfa, OfRule(rule), rule.IsNullable, from, to);
                break;
            case SpecialTokenExpression special:
                var token = specialToken(special.Content) ?? throw budget.Refuse($"demands the special token {special.Content}, which the model's tokenizer does not have");
                nfa.Add(from, EdgeKind.Special, token, 0, to);
                break;
            default:
                throw new ArgumentException($"Unknown expression {expression.GetType().Name}.", nameof(expression));
        }
    }

    private static void Call(Nfa nfa, Procedure procedure, bool isNullable, int from, int to)
    {
        nfa.Add(from, EdgeKind.Call, procedure.Id, 0, to);
        if (isNullable) nfa.Add(from, EdgeKind.Empty, 0, 0, to);
    }

    private static void AddText(Nfa nfa, string text, int from, int to)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length == 0) nfa.Add(from, EdgeKind.Empty, 0, 0, to);
        for (var i = 0; i < bytes.Length; i++)
        {
            var next = i == bytes.Length - 1 ? to : nfa.AddState();
            nfa.Add(from, EdgeKind.Bytes, bytes[i], bytes[i], next);
            from = next;
        }
    }

    private static void AddSet(Nfa nfa, CharacterExpression set, int from, int to)
    {
        var sequences = new List<(byte First, byte Last)[]>();
        foreach (var (first, last) in set.Ranges) Utf8Ranges.Add(Math.Max(first, 0), Math.Min(last, 0x10FFFF), sequences);
        foreach (var sequence in sequences)
        {
            var at = from;
            for (var i = 0; i < sequence.Length; i++)
            {
                var next = i == sequence.Length - 1 ? to : nfa.AddState();
                nfa.Add(at, EdgeKind.Bytes, sequence[i].First, sequence[i].Last, next);
                at = next;
            }
        }
    }

    private void AddRepeat(Nfa nfa, RepeatExpression repeat, RuleScope scope, int from, int to)
    {
        for (var i = 0; i < repeat.Min; i++) from = Copy(from);
        if (repeat.Max is not { } max)
        {
            // Around a state of its own: what leads here must not lead round.
            var loop = nfa.AddState();
            nfa.Add(from, EdgeKind.Empty, 0, 0, loop);
            Add(nfa, repeat.Part, scope, loop, loop);
            nfa.Add(loop, EdgeKind.Empty, 0, 0, to);
            return;
        }

        for (var i = repeat.Min; i < max; i++)
        {
            nfa.Add(from, EdgeKind.Empty, 0, 0, to);
            from = Copy(from);
        }

        nfa.Add(from, EdgeKind.Empty, 0, 0, to);

        int Copy(int start)
        {
            var end = nfa.AddState();
            Add(nfa, repeat.Part, scope, start, end);
            return end;
        }
    }

    private Procedure OfPart(Expression part, RuleScope scope)
    {
        if (part is RuleExpression or GrammarExpression && rules.Resolve(part, scope) is { IsInlined: false } rule) return OfRule(rule);
        if (_ofParts.TryGetValue((part, scope), out var known)) return known;
        return _ofParts[(part, scope)] = Open("a repeated part", part, scope);
    }

    private Procedure OfRepeat(RepeatExpression repeat, Procedure part, bool isNullable, RuleScope scope)
    {
        if (_ofParts.TryGetValue((repeat, scope), out var known)) return known;
        // Parts are counted where they are not empty; one that may be empty need not come at all.
        var procedure = new Procedure(_procedures.Count, part.Name) { Repeat = new(part.Id, isNullable ? 0 : repeat.Min, repeat.Max) };
        _procedures.Add(procedure);
        return _ofParts[(repeat, scope)] = procedure;
    }

    private sealed class ByReference : IEqualityComparer<(Expression, RuleScope)>
    {
        public static ByReference Instance { get; } = new();

        public bool Equals((Expression, RuleScope) x, (Expression, RuleScope) y) => ReferenceEquals(x.Item1, y.Item1) && ReferenceEquals(x.Item2, y.Item2);

        public int GetHashCode((Expression, RuleScope) pair)
            => HashCode.Combine(RuntimeHelpers.GetHashCode(pair.Item1), RuntimeHelpers.GetHashCode(pair.Item2));
    }
}
