using System.Diagnostics;
using ModelServer.Constraints;
using ModelServer.Constraints.Automata;
using ModelServer.Constraints.Ebnf;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Constraints.Automata;

public sealed class AutomatonCompilerTests
{
    private const int End = 0;
    private static readonly TokenVocabulary Vocabulary = ConstraintModels.Get("stories").Vocabulary;

    [Theory]
    [InlineData("root ::= root \"a\" | \"b\"", "root")]
    [InlineData("root ::= \"x\" a\na ::= b \"1\" | \"2\"\nb ::= (\"y\"? a) | \"3\"", "b")]
    [InlineData("root ::= (\"\" root)* \"a\"", "root")]
    public void Compile_RuleThatBeginsWithItself_IsRefusedByName(string grammar, string rule)
    {
        var message = Refusal(new EbnfFormat(grammar).ToGrammar());

        Assert.Contains("left-recursive", message, StringComparison.Ordinal);
        Assert.Contains($"\"{rule}\"", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_NothingFits_IsRefused()
    {
        Assert.Contains("no text", Refusal(new(new ChoiceExpression([]))), StringComparison.Ordinal);
        Assert.Contains("no text", Refusal(new EbnfFormat("root ::= \"a\" root").ToGrammar()), StringComparison.Ordinal);
        Assert.Contains("\"missing\"", Refusal(new(Expression.Rule("missing"))), StringComparison.Ordinal);
        Assert.Contains("<|no such|>", Refusal(new(new SpecialTokenExpression("<|no such|>"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_TooLarge_IsRefusedSoon()
    {
        var word = Expression.Text("a");
        var started = Stopwatch.GetTimestamp();

        Assert.Contains("too large", Refusal(new(Expression.Repeat(word, 0, int.MaxValue))), StringComparison.Ordinal);
        var nested = word;
        for (var i = 0; i < 30; i++) nested = Expression.Sequence(nested, nested);
        Assert.Contains("too", Refusal(new(nested)), StringComparison.Ordinal);
        var deep = word;
        for (var i = 0; i < 1000; i++) deep = Expression.Optional(Expression.Sequence(deep, word));
        Assert.Contains("nests", Refusal(new(deep)), StringComparison.Ordinal);
        // Each rule is twice the one before.
        var rules = Enumerable.Range(0, 40).ToDictionary(i => $"r{i}", i => i == 0 ? Expression.Text("a") : Expression.Sequence(Expression.Rule($"r{i - 1}"), Expression.Rule($"r{i - 1}")));
        Assert.NotNull(ConstraintModels.Compile(new(Expression.Rule("r39"), rules), Vocabulary));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 30);
    }

    /// <summary>The states of (a|b)*a(a|b){20} as one deterministic automaton are a million.</summary>
    [Fact]
    public void Compile_WhatDoesNotBecomeDeterministic_IsEnforcedAllTheSame()
    {
        var grammar = new EbnfFormat("root ::= [ab]* \"a\" [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab] [ab]").ToGrammar();

        Assert.True(IsWhole(grammar, "abababab" + "a" + new string('b', 20)));
        Assert.False(IsWhole(grammar, "abababab" + "b" + new string('b', 20)));
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(500, 1000)]
    [InlineData(700, 700)]
    [InlineData(300, null)]
    [InlineData(0, 70000)]
    public void Compile_LongRepeats_CountExactly(int min, int? max)
    {
        var part = new CharacterExpression([('a', 'z'), (0xE0, 0xFF)]);
        var grammar = new Grammar(Expression.Sequence(Expression.Text("<"), Expression.Repeat(part, min, max), Expression.Text(">")));

        Assert.True(IsWhole(grammar, "<" + new string('é', min) + ">"));
        if (min > 0) Assert.False(IsWhole(grammar, "<" + new string('a', min - 1) + ">"));
        var most = max ?? (min * 3);
        Assert.True(IsWhole(grammar, "<" + new string('a', most) + ">"));
        Assert.Equal(max is null, IsWhole(grammar, "<" + new string('a', most + 1) + ">"));
    }

    [Fact]
    public void Allowed_InALongRepeat_SharesMasksButNotNearItsBounds()
    {
        var compiled = ConstraintModels.Compile(new(Expression.Repeat(new CharacterExpression([('a', 'z')]), 3, 1000)), Vocabulary);
        var constraint = compiled.Begin([End], skipsSpecialTokens: true);
        var a = ConstraintModels.Get("stories").Tokenizer.TokenToId("a")!.Value;
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(i >= 3, constraint.MayEnd);
            var allowed = constraint.Allowed;
            for (var id = 0; id < Vocabulary.Size; id++)
            {
                var bytes = Vocabulary.BytesOf(id, isFirst: false);
                var fits = !bytes.IsEmpty && bytes.Length <= 1000 - i && bytes.IndexOfAnyExceptInRange((byte)'a', (byte)'z') < 0;
                if (id != End) Assert.Equal(fits, ((allowed[id >> 6] >> (id & 63)) & 1) > 0);
            }

            constraint.Accept(a);
        }

        Assert.True(constraint.IsComplete);
        Assert.InRange(compiled.Masks.Computed, 1, 3L * (Vocabulary.LongestToken + 10));
    }

    [Fact]
    public void Allowed_SpecialTokens_ComeWhereTheGrammarNamesThemOnly()
    {
        var end = "<|endoftext|>";
        var compiled = ConstraintModels.Compile(new(Expression.Sequence(Expression.Text("a"), new SpecialTokenExpression(end), Expression.Text("b"))), Vocabulary);
        var tokenizer = ConstraintModels.Get("stories").Tokenizer;
        var constraint = compiled.Begin([], skipsSpecialTokens: true);

        Assert.Equal([tokenizer.TokenToId("a")!.Value], Allowed(constraint));
        constraint.Accept(tokenizer.TokenToId("a")!.Value);
        Assert.Equal([End], Allowed(constraint));
        constraint.Accept(End);
        Assert.Equal([tokenizer.TokenToId("b")!.Value], Allowed(constraint));
        constraint.Accept(tokenizer.TokenToId("b")!.Value);
        Assert.True(constraint.IsComplete);
        // Not as a text, either.
        Assert.DoesNotContain(End, Allowed(ConstraintModels.Compile(new(Expression.Text(end)), Vocabulary).Begin([], skipsSpecialTokens: true)));
    }

    [Fact]
    public void Compile_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => AutomatonCompiler.Compile(
            new(Expression.Repeat(Expression.Text("word"), 0, 1000)), Vocabulary, "response_format", cancelled.Token));
    }

    /// <summary>Every reading of the text so far is kept, of which there are 2 to the power of its length.</summary>
    [Fact]
    public void Accept_AmbiguousGrammar_TakesNoMoreTimeThanItsLength()
    {
        var grammar = new EbnfFormat("root ::= s\ns ::= \"a\" s | \"a\" s \"b\" | \"c\"").ToGrammar();

        Assert.True(IsWhole(grammar, new string('a', 300) + "c" + new string('b', 150)));
        Assert.False(IsWhole(grammar, new string('a', 300) + "c" + new string('b', 301)));
    }

    private static string Refusal(Grammar grammar) => Assert.Throws<InvalidFieldException>(() => ConstraintModels.Compile(grammar, Vocabulary)).Message;

    private static bool IsWhole(Grammar grammar, string text)
    {
        var automaton = ConstraintModels.Compile(grammar, Vocabulary).Automaton;
        return new GrammarText(automaton).IsWholeWith(text);
    }

    private static int[] Allowed(GrammarConstraint constraint)
    {
        var mask = constraint.Allowed.ToArray();
        return [.. Enumerable.Range(0, Vocabulary.Size).Where(id => ((mask[id >> 6] >> (id & 63)) & 1) > 0)];
    }
}
