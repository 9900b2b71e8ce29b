using ModelServer.Constraints;

namespace ModelServer.ToolCalls;

/// <summary>Text that anything may be in but a mark.</summary>
internal static class FreeText
{
    private const int LastScalar = 0x10FFFF, FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF;

    public static Expression Space { get; } = Expression.Repeat(new CharacterExpression([('\t', '\n'), ('\r', '\r'), (' ', ' ')]), 0);

    public static Expression Any { get; } = Expression.Repeat(Except(""), 0);

    /// <summary>Text without a mark, which may stand behind it: at each place of the text one character decides.</summary>
    /// <param name="mark">Its first character comes only once in it.</param>
    public static Expression Without(string mark)
    {
        var others = Expression.Repeat(Except(mark[..1]), 0);
        // What may follow the mark's first character, up to the next such character, from its end to its beginning.
        var rest = Expression.Nothing;
        for (var i = mark.Length - 1; i >= 1; i--)
        {
            var strays = Expression.Sequence(Except($"{mark[0]}{mark[i]}"), others);
            rest = Expression.Optional(i == mark.Length - 1 ? strays : Expression.Choice(strays, Expression.Sequence(Expression.Text(mark[i..(i + 1)]), rest)));
        }

        return Expression.Sequence(others, Expression.Repeat(Expression.Sequence(Expression.Text(mark[..1]), rest), 0));
    }

    /// <summary>A character other than some.</summary>
    public static Expression Except(string characters)
    {
        List<(int First, int Last)> ranges = [];
        var first = 0;
        foreach (var c in characters.Distinct().Order())
        {
            if (first < c) ranges.Add((first, c - 1));
            first = c + 1;
        }

        ranges.Add((first, FirstSurrogate - 1));
        ranges.Add((LastSurrogate + 1, LastScalar));
        return new CharacterExpression(ranges);
    }
}
