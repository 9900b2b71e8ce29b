using ModelServer.Constraints.Automata;
using ModelServer.Constraints.Ebnf;
using ModelServer.Tests.Constraints.Automata;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Constraints.Ebnf;

public sealed class EbnfFormatTests
{
    [Theory]
    [InlineData("root ::= \"yes\" | \"no\"", "yes no", "y yesno")]
    [InlineData("# A comment\nroot ::= a b # another\na ::= \"1\"\n\nb ::=\n  \"2\" |\n  \"3\"", "12 13", "1 2 123")]
    [InlineData("root ::= (\"a\"\n | \"b\")+ \"c\"?", "a ab bac", "c acc")]
    [InlineData("root ::= [a-c0]{2} [^a-c]{1,2} \"-\"{0,1} \"x\"{2,}", "a0dxx bbd1-xxx", "axx a0dx a0dddxx")]
    [InlineData("root ::= \"x\"{,2} \"y\"", "y xy xxy", "xxxy")]
    [InlineData("root ::= \"\\x41\\u00e9\\U0001F600\\\"\\\\\"", "Aé😀\"\\", "Aé")]
    [InlineData("root ::= [\\]\\-a] [-b] [\\u0430-\\u044f]", "]-я -bа a-б", "b-я ab")]
    [InlineData("root ::= . .", "a日 😀😀", "a aaa")]
    [InlineData("root ::= \"(\" root \")\" | \"\"", "() (())", ") (()")]
    [InlineData("root ::= rule-2\nrule-2 ::= (\"a\" (\"b\" | \"c\") )*", "ab abac", "a abb")]
    [InlineData("root ::= \"a\"+*", "a aaa", "b")]
    [InlineData("root::=a\na::=\"q\"", "q", "a")]
    public void ToGrammar_Gbnf_TakesItsTextsAlone(string grammar, string texts, string others)
    {
        foreach (var text in texts.Split(' ')) Assert.True(IsWhole(grammar, text), text);
        foreach (var text in others.Split(' ')) Assert.False(IsWhole(grammar, text), text);
    }

    [Theory]
    [InlineData("", "no rule \"root\"")]
    [InlineData("a ::= \"b\"", "no rule \"root\"")]
    [InlineData("root ::= \"a\"\nroot ::= \"b\"", "line 2, column 1: there are two rules")]
    [InlineData("root ::= a\n  b ::= \"c\"", "line 1, column 10: there is no rule \"a\"")]
    [InlineData("root ::= \"a", "line 1, column 12: a string does not end")]
    [InlineData("root ::= \"a\nb\"", "line 1, column 12: a string does not end in its line")]
    [InlineData("root ::= [a-", "a class does not end")]
    [InlineData("root ::= [z-a]", "line 1, column 13: a range ends before it begins")]
    [InlineData("root ::=\n (\"a\"", "line 2, column 6: ')' is missing")]
    [InlineData("root ::= \"a\")", "line 1, column 13: ')' does not belong here")]
    [InlineData("root ::= * \"a\"", "line 1, column 10: '*' does not belong here")]
    [InlineData("root ::= \"\\q\"", "there is no escape \\q")]
    [InlineData("root ::= \"\\ud800\"", "names no character")]
    [InlineData("root ::= \"a\"{3,2}", "upper bound")]
    [InlineData("root ::= \"a\"{99999999999}", "too large")]
    [InlineData("root = \"a\"", "line 1, column 6: '::=' is missing")]
    [InlineData("1root ::= \"a\"", "line 1, column 1: a rule must begin")]
    [InlineData("root ::= <[12]>", "by their content")]
    public void ToGrammar_Wrong_SaysWhatAndWhere(string grammar, string message)
    {
        var error = Assert.Throws<InvalidFieldException>(() => new EbnfFormat(grammar, "grammar").ToGrammar()).Error;

        Assert.Equal("grammar", error.Param);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToGrammar_HostileText_IsRefused()
    {
        foreach (var text in new[] { "root ::= " + new string('(', 100_000), "root ::= \"a\"" + new string('#', 2_000_000), "root ::= " + string.Concat(Enumerable.Repeat("(\"a\" ", 5000)) })
            Assert.Throws<InvalidFieldException>(() => new EbnfFormat(text).ToGrammar());
    }

    private static bool IsWhole(string grammar, string text)
        => new GrammarText(ConstraintModels.Compile(new EbnfFormat(grammar).ToGrammar(), ConstraintModels.Get("stories").Vocabulary).Automaton).IsWholeWith(text);
}
