using System.Text.RegularExpressions;
using ModelServer.Constraints;
using ModelServer.Constraints.Regex;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Constraints.Regex;

public class RegexFormatTests
{
    private static readonly string[] Quantifiers = ["*", "+", "?", "{1,2}", "{2}", "*?"];

    [Theory]
    [InlineData("abc", "abc", "ab xabc abcx")]
    [InlineData("a|bc|", "a bc", "b abc")]
    [InlineData("a*b+c?", "b aabbc", "a abcc")]
    [InlineData("a*?b+?c??", "b aabbc", "a abcc")]
    [InlineData("(?:ab){2,3}", "abab ababab", "ab abababab")]
    [InlineData("(a)(?<name>b)(?P<other>c)", "abc", "ab")]
    [InlineData("a{2}b{0,1}c{1,}", "aac aabcc", "ac aab")]
    [InlineData("a{b}{,2}", "a{b}{,2}", "ab a")]
    [InlineData(@"\d\w\S", "1_x 0aé", "a11 1-a")]
    [InlineData(@"[\d\-a-c]+[^a-z]", "1-bA cc9", "abc")]
    [InlineData(@"[a\]b^-]+", "]^-ab", "c")]
    [InlineData(@"\u0041\x42\u{1F600}\ud83d\ude00", "AB😀😀", "AB")]
    [InlineData(@"\p{Lu}\p{L}+\P{L}", "Äß1 Ωω-", "äß1 ABC")]
    [InlineData(@"\p{Letter}\p{gc=Nd}", "é٣", "11")]
    [InlineData(@"^a\.b$", "a.b", "axb")]
    [InlineData("^a$|^b$", "a b", "ab")]
    [InlineData("(^a|b)(c|d$)", "ac bd", "a b")]
    [InlineData("", "", "a")]
    [InlineData("😀?é", "é 😀é", "😀")]
    public void Texts_OfAPattern_MatchAsAWhole(string pattern, string right, string wrong)
    {
        var grammar = new RegexFormat(pattern).ToGrammar();

        foreach (var text in right.Split(' ')) Assert.True(GrammarRecogniser.Accepts(grammar, text), text);
        foreach (var text in wrong.Split(' ')) Assert.False(GrammarRecogniser.Accepts(grammar, text), text);
    }

    [Theory]
    [InlineData("a(?=b)", "lookaround (?= at 1")]
    [InlineData("(?<!a)b", "lookaround (?<! at 0")]
    [InlineData(@"(a)\1", "backreference \\1")]
    [InlineData(@"\k<a>", "backreference \\k")]
    [InlineData(@"a\b", "\\b at 1")]
    [InlineData("a^b", "^ is supported at the beginning")]
    [InlineData("a$b", "$ is supported at the end")]
    [InlineData("(?i)a", "(? at 0")]
    [InlineData("a++", "second quantifier")]
    [InlineData("a{3,2}", "wrong order")]
    [InlineData("a{100000}", "above 10000")]
    [InlineData("*a", "repeats nothing")]
    [InlineData("(a", "not closed")]
    [InlineData("a)", "closes nothing")]
    [InlineData("[a", "not closed")]
    [InlineData("[z-a]", "no range")]
    [InlineData(@"\p{Script=Greek}", "\\p{Script=Greek}")]
    [InlineData(@"\q", "\\q at 0")]
    [InlineData(@"\ud83d", "half a character")]
    [InlineData("\\", "at the end")]
    public void Pattern_ThatIsNotRegular_IsRefusedByName(string pattern, string part)
    {
        var refused = Assert.Throws<InvalidFieldException>(() => new RegexFormat(pattern, "guided_regex").ToGrammar());

        Assert.Equal("guided_regex", refused.Error.Param);
        Assert.Contains(part, refused.Message, StringComparison.Ordinal);
    }

    /// <summary>.NET's expressions with ECMAScript's meaning judge: both what is written, and all short texts of a few letters.</summary>
    [Fact]
    public void Texts_OfRandomPatterns_AreThoseThatMatch()
    {
        var texts = Enumerable.Range(0, 5).SelectMany(length => Enumerable.Range(0, (int)Math.Pow(3, length)).Select(n => string.Concat(Enumerable.Range(0, length).Select(i => "ab1"[n / (int)Math.Pow(3, i) % 3])))).ToArray();
        for (var seed = 0; seed < 300; seed++)
        {
            var pattern = Pattern(new Random(seed), 3);
            var judge = new System.Text.RegularExpressions.Regex($"^(?:{pattern})$", RegexOptions.ECMAScript);
            var (whole, containing) = (new Grammar(RegexExpression.Whole(pattern)), AutomatonBuilder.Of(RegexExpression.Containing(pattern), new()));
            var searching = new System.Text.RegularExpressions.Regex(pattern, RegexOptions.ECMAScript);
            var automaton = AutomatonBuilder.Of(whole.Root, new());
            foreach (var text in texts)
            {
                Assert.True(judge.IsMatch(text) == automaton.Accepts(text), $"{pattern} {text}");
                Assert.True(judge.IsMatch(text) != automaton.Complement(new()).Accepts(text), $"not {pattern} {text}");
                Assert.True(searching.IsMatch(text) == containing.Accepts(text), $"search {pattern} {text}");
            }

            foreach (var text in texts.Take(30)) Assert.True(judge.IsMatch(text) == GrammarRecogniser.Accepts(whole, text), $"{pattern} {text}");
            var rules = new RuleSet(new());
            var written = new Grammar(AutomatonExpression.Of(automaton, RegexExpression.Character, rules), rules.Rules);
            var writer = new GrammarWriter(written);
            for (var i = 0; i < 5; i++)
            {
                // .NET's expressions count UTF-16 units, so that a character beyond the first plane is two to the judge.
                var text = writer.Write(new Random(i));
                if (!text.Any(char.IsSurrogate)) Assert.Matches(judge, text);
            }
        }
    }

    [Fact]
    public void Lengths_OfAnAutomaton_AreThoseOfItsTexts()
    {
        Assert.Equal((2, 4), AutomatonBuilder.Of(RegexExpression.Whole("a{2,3}b?"), new()).Lengths());
        Assert.Equal((1, null), AutomatonBuilder.Of(RegexExpression.Whole("a+"), new()).Lengths());
        Assert.Equal((0, 0), AutomatonBuilder.Of(RegexExpression.Whole(""), new()).Lengths());
    }

    [Fact]
    public void Choice_OfTexts_IsOneOfThem()
    {
        var grammar = new ChoiceFormat(["yes", "no", "yes"]).ToGrammar();

        Assert.True(GrammarRecogniser.Accepts(grammar, "yes"));
        Assert.False(GrammarRecogniser.Accepts(grammar, "yesno"));
    }

    private static string Pattern(Random random, int depth) => random.Next(depth > 0 ? 9 : 4) switch
    {
        0 => "a",
        1 => "[a1]",
        2 => "\\d",
        3 => "[^a]",
        4 or 5 => Pattern(random, depth - 1) + Pattern(random, depth - 1),
        6 => $"(?:{Pattern(random, depth - 1)}|{Pattern(random, depth - 1)})",
        7 => $"(?:{Pattern(random, depth - 1)}){Quantifiers[random.Next(Quantifiers.Length)]}",
        _ => Pattern(random, depth - 1),
    };
}
