using System.Text;
using ModelServer.Constraints;

namespace ModelServer.Tests.Constraints;

/// <summary>Writes random texts of a grammar.</summary>
internal sealed class GrammarWriter
{
    private const int MaxDepth = 25, MaxExtra = 3;

    private readonly Grammar _grammar;
    private readonly Dictionary<string, int> _heights = [];

    public GrammarWriter(Grammar grammar)
    {
        _grammar = grammar;
        // The fewest rules within each other that a rule takes, found from those that take none.
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var (name, expression) in grammar.Rules)
            {
                var height = Height(expression) + 1;
                if (height >= _heights.GetValueOrDefault(name, int.MaxValue - 1)) continue;
                _heights[name] = height;
                changed = true;
            }
        }
    }

    public string Write(Random random)
    {
        var text = new StringBuilder();
        Write(_grammar.Root, random, text, 0);
        return text.ToString();
    }

    private void Write(Expression expression, Random random, StringBuilder text, int depth)
    {
        switch (expression)
        {
            case TextExpression { Value: var value }:
                text.Append(value);
                break;
            case CharacterExpression { Ranges: var ranges }:
                // Mostly of the first ranges, which are ASCII.
                var (first, last) = ranges[random.Next(4) == 0 ? random.Next(ranges.Count) : random.Next(Math.Min(3, ranges.Count))];
                text.Append(new Rune(random.Next(first, (random.Next(12) == 0 ? last : Math.Min(last, Math.Max(first, 126))) + 1)).ToString());
                break;
            case SequenceExpression { Parts: var parts }:
                foreach (var part in parts) Write(part, random, text, depth);
                break;
            case ChoiceExpression { Options: var options }:
                var some = options.Where(o => Height(o) < Unending).ToArray();
                Write(depth < MaxDepth ? some[random.Next(some.Length)] : some.MinBy(Height)!, random, text, depth);
                break;
            case RepeatExpression repeat:
                var most = depth >= MaxDepth || Height(repeat.Part) >= Unending ? repeat.Min : Math.Min(repeat.Max ?? int.MaxValue, repeat.Min + MaxExtra);
                for (var count = random.Next(repeat.Min, most + 1); count > 0; count--) Write(repeat.Part, random, text, depth);
                break;
            case RuleExpression { Name: var name }:
                Write(_grammar.Rules[name], random, text, depth + 1);
                break;
            default:
                throw new NotSupportedException(expression.GetType().Name);
        }
    }

    private const int Unending = 1_000_000;

    private int Height(Expression expression) => expression switch
    {
        SequenceExpression { Parts: var parts } => parts.Select(Height).Append(0).Max(),
        ChoiceExpression { Options: var options } => options.Select(Height).Append(Unending).Min(),
        RepeatExpression repeat => repeat.Min == 0 ? 0 : Height(repeat.Part),
        RuleExpression { Name: var name } => _heights.GetValueOrDefault(name, Unending),
        _ => 0,
    };
}
