using System.Text;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>How JSON is written by the grammars of this folder. White space has bounds, so that no model prints it for ever: between the tokens of an object or
/// array a space, or a line end and up to 20 spaces of indentation; behind a colon a space; each may be left out.</summary>
internal static class JsonText
{
    public const string GapRule = "gap", StringRule = "string";

    private const int MaxIndentation = 20;

    private static readonly CharacterSet Raw = CharacterSet.Of((0, 0x1F), ('"', '"'), ('\\', '\\')).Complement();

    private static readonly (char Character, string Escape)[] Escapes =
        [('"', "\\\""), ('\\', "\\\\"), ('\b', "\\b"), ('\f', "\\f"), ('\n', "\\n"), ('\r', "\\r"), ('\t', "\\t")];

    private static readonly CharacterSet Short = CharacterSet.Of(Escapes.Select(e => ((int)e.Character, (int)e.Character)));

    private static readonly CharacterExpression Hex = new([('0', '9'), ('A', 'F'), ('a', 'f')]);

    public static Expression Quote { get; } = Expression.Text("\"");

    /// <summary>White space between tokens.</summary>
    public static Expression Gap { get; } = Expression.Rule(GapRule);

    /// <summary>A comma and what may be behind it.</summary>
    public static Expression Comma { get; } = Expression.Sequence(Expression.Text(","), Gap);

    public static Expression Colon { get; } = Expression.Sequence(Expression.Text(":"), Expression.Optional(Expression.Text(" ")));

    /// <summary>Any string.</summary>
    public static Expression AnyString { get; } = Expression.Rule(StringRule);

    /// <summary>One character of a string of which nothing but the length matters, raw or by any escape; half a pair of surrogates is none.</summary>
    public static Expression Character { get; } = Expression.Choice(
        new CharacterExpression(Raw.Ranges),
        Expression.Sequence(Expression.Text("\\"), Expression.Choice(
            new CharacterExpression(CharacterSet.Of("\"\\/bfnrt".Select(c => ((int)c, (int)c))).Ranges),
            Expression.Sequence(Expression.Text("u"), Expression.Choice(
                Expression.Sequence(new CharacterExpression([('0', '9'), ('A', 'C'), ('E', 'F'), ('a', 'c'), ('e', 'f')]), Hex, Hex, Hex),
                Expression.Sequence(new CharacterExpression([('D', 'D'), ('d', 'd')]), Expression.Choice(
                    Expression.Sequence(new CharacterExpression([('0', '7')]), Hex, Hex),
                    Expression.Sequence(new CharacterExpression([('8', '9'), ('A', 'B'), ('a', 'b')]), Hex, Hex,
                        Expression.Text("\\u"), new CharacterExpression([('D', 'D'), ('d', 'd')]), new CharacterExpression([('C', 'F'), ('c', 'f')]), Hex, Hex))))))));

    /// <summary>Defines the rules that the others refer to.</summary>
    public static void DefineRules(RuleSet rules)
    {
        rules.Define(GapRule, Expression.Optional(Expression.Choice(
            Expression.Text(" "),
            Expression.Sequence(Expression.Text("\n"), Expression.Repeat(Expression.Text(" "), 0, MaxIndentation)))));
        rules.Define(StringRule, Expression.Sequence(Quote, Expression.Repeat(Character, 0), Quote));
    }

    /// <summary>A character of a set as it stands in a string. Where it matters which characters a string has, each is written in one way alone: raw where that
    /// is possible, else by its short escape, else as <c>\u00xx</c>.</summary>
    public static Expression Spell(CharacterSet set)
    {
        var options = new List<Expression>();
        if (set.Intersect(Raw) is { IsEmpty: false } raw) options.Add(RegexExpression.Character(raw));
        foreach (var (character, escape) in Escapes)
            if (set.Contains(character)) options.Add(Expression.Text(escape));
        foreach (var (first, last) in set.Except(Raw).Except(Short).Ranges)
            for (var c = first; c <= last; c++) options.Add(Expression.Text($"\\u{c:x4}"));
        return Expression.Choice(options);
    }

    /// <summary>An expression of texts as it stands in a string, without the quotes.</summary>
    public static Expression Spell(Expression texts) => texts switch
    {
        TextExpression { Value: var text } => Expression.Text(Spell(text)),
        CharacterExpression { Ranges: var ranges } => Spell(CharacterSet.Of(ranges)),
        SequenceExpression { Parts: var parts } => Expression.Sequence([.. parts.Select(Spell)]),
        ChoiceExpression { Options: var options } => Expression.Choice([.. options.Select(Spell)]),
        RepeatExpression { Part: var part, Min: var min, Max: var max } => Expression.Repeat(Spell(part), min, max),
        _ => throw new NotSupportedException(texts.GetType().Name),
    };

    public static string Quoted(string text) => $"\"{Spell(text)}\"";

    private static string Spell(string text)
    {
        var spelled = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var escape = Array.Find(Escapes, e => e.Character == c).Escape;
            spelled.Append(escape ?? (c < ' ' ? $"\\u{(int)c:x4}" : c.ToString()));
        }

        return spelled.ToString();
    }
}
