using System.Text;

namespace ModelServer.Constraints.Regex;

/// <summary>Makes of a regular expression the expression of the texts it matches.</summary>
internal static class RegexExpression
{
    private static readonly Expression Anything = Expression.Repeat(Character(CharacterSet.All), 0);

    /// <summary>Texts that match as a whole.</summary>
    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static Expression Whole(string pattern) => Build(RegexParser.Parse(pattern), new(true, false), new(true, false));

    /// <summary>Texts that hold a match somewhere, unless the pattern has anchors.</summary>
    /// <inheritdoc cref="Whole"/>
    public static Expression Containing(string pattern) => Build(RegexParser.Parse(pattern), new(true, true), new(true, true));

    public static Expression Character(CharacterSet set) => set.Ranges is [var (first, last)] && first == last
        ? Expression.Text(char.ConvertFromUtf32(first))
        : set.IsEmpty ? Expression.Choice([]) : new CharacterExpression(set.Ranges);

    /// <param name="left">What is left of the node.</param>
    private static Expression Build(RegexNode node, Edge left, Edge right) => node switch
    {
        RegexChoice choice => Expression.Choice([.. choice.Options.Select(o => Build(o, left, right))]),
        RegexSequence sequence => Sequence(sequence.Parts, left, right),
        RegexAnchor => Sequence([node], left, right),
        RegexCharacter character => Open(Character(character.Set), left, right),
        RegexRepeat repeat => Open(Expression.Repeat(Build(repeat.Part, default, default), repeat.Min, repeat.Max), left, right),
        _ => throw new NotSupportedException(node.GetType().Name),
    };

    private static Expression Sequence(IReadOnlyList<RegexNode> parts, Edge left, Edge right)
    {
        var (from, to) = (0, parts.Count);
        // An anchor at its edge closes it; everywhere else it could never hold, or hardly.
        for (; left.IsEdge && from < to && parts[from] is RegexAnchor { AtStart: true }; from++) left = new(true, false);
        for (; right.IsEdge && to > from && parts[to - 1] is RegexAnchor { AtStart: false }; to--) right = new(true, false);
        if (from == to) return left.IsOpen || right.IsOpen ? Anything : Expression.Nothing;
        if (to - from == 1 && parts[from] is not RegexAnchor) return Build(parts[from], left, right);
        var built = new List<Expression>();
        for (var i = from; i < to; i++)
        {
            if (parts[i] is RegexAnchor anchor) throw new NotSupportedException($"{(anchor.AtStart ? '^' : '$')} is supported at the {(anchor.AtStart ? "beginning" : "end")} alone");
            built.Add(Build(parts[i], i == from ? left : default, i == to - 1 ? right : default));
        }

        return Expression.Sequence(Joined(built));
    }

    private static Expression Open(Expression part, Edge left, Edge right) => (left.IsOpen, right.IsOpen) switch
    {
        (true, true) => Expression.Sequence(Anything, part, Anything),
        (true, false) => Expression.Sequence(Anything, part),
        (false, true) => Expression.Sequence(part, Anything),
        _ => part,
    };

    /// <summary>Neighbouring characters become one text.</summary>
    private static List<Expression> Joined(List<Expression> parts)
    {
        var (joined, text) = (new List<Expression>(), new StringBuilder());
        foreach (var part in parts)
        {
            if (part is TextExpression { Value: var value })
            {
                text.Append(value);
                continue;
            }

            Flush();
            joined.Add(part);
        }

        Flush();
        return joined;

        void Flush()
        {
            if (text.Length > 0) joined.Add(Expression.Text(text.ToString()));
            text.Clear();
        }
    }

    /// <param name="IsEdge">Whether nothing else of the pattern is on that side.</param>
    /// <param name="IsOpen">Whether any text may be on that side.</param>
    private readonly record struct Edge(bool IsEdge, bool IsOpen);
}
