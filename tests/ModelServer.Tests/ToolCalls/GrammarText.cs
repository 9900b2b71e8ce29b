using System.Text.RegularExpressions;
using ModelServer.Constraints;

namespace ModelServer.Tests.ToolCalls;

/// <summary>Matches texts by a grammar without recursion, slowly: special tokens are spelled by their contents.</summary>
internal static class GrammarText
{
    public static bool Matches(Grammar grammar, string text) => Regex.IsMatch(text, $@"\A(?:{Pattern(grammar.Root, grammar)})\z");

    /// <summary>What names tokens, in order.</summary>
    public static IEnumerable<string> Tokens(Expression expression) => expression switch
    {
        SpecialTokenExpression special => [special.Content],
        SequenceExpression sequence => sequence.Parts.SelectMany(Tokens),
        ChoiceExpression choice => choice.Options.SelectMany(Tokens),
        RepeatExpression repeat => Tokens(repeat.Part),
        GrammarExpression inner => Tokens(inner.Grammar.Root),
        _ => [],
    };

    private static string Pattern(Expression expression, Grammar grammar) => expression switch
    {
        TextExpression text => Regex.Escape(text.Value),
        SpecialTokenExpression special => Regex.Escape(special.Content),
        // Texts of the tests are in one plane.
        CharacterExpression set => $"[{string.Concat(set.Ranges.Where(r => r.First <= 0xFFFF).Select(r => $@"\u{r.First:x4}-\u{Math.Min(r.Last, 0xFFFF):x4}"))}]",
        SequenceExpression sequence => string.Concat(sequence.Parts.Select(p => Pattern(p, grammar))),
        ChoiceExpression choice => $"(?:{string.Join('|', choice.Options.Select(o => Pattern(o, grammar)))})",
        RepeatExpression repeat => $"(?:{Pattern(repeat.Part, grammar)}){{{repeat.Min},{repeat.Max}}}",
        RuleExpression rule => Pattern(grammar.Rules[rule.Name], grammar),
        GrammarExpression inner => Pattern(inner.Grammar.Root, inner.Grammar),
        _ => throw new NotSupportedException(),
    };
}
