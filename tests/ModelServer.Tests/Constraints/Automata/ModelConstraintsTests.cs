using ModelServer.Constraints;
using ModelServer.Constraints.Automata;
using ModelServer.Constraints.Ebnf;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Constraints.Automata;

public sealed class ModelConstraintsTests
{
    private readonly ModelConstraints _constraints = new(ConstraintModels.Get("stories").Tokenizer, 4096, "stories:1", ConstraintModels.Metrics);

    [Fact]
    public void Compile_SameGrammarAgain_IsTheSameAutomaton()
    {
        var first = Compile("root ::= \"a\" b{2,3}\nb ::= [x-z]");

        Assert.Same(first, Compile("root ::= \"a\" b{2,3} # Other words.\nb ::= [x-z]"));
        foreach (var other in new[] { "root ::= \"a\" b{2,4}\nb ::= [x-z]", "root ::= \"a\" b{2,3}\nb ::= [w-z]", "root ::= \"ab\" b{2,3}\nb ::= [x-z]", "root ::= (\"a\" | b{2,3})\nb ::= [x-z]" })
            Assert.NotSame(first, Compile(other));
    }

    [Fact]
    public async Task Compile_ManyAtOnce_CompilesOnceAndAllAreRight()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Compile("root ::= (\"yes\" | \"no\") [a-z]{0,200}"))));

        Assert.Single(all.Distinct());
    }

    [Fact]
    public void Compile_MoreThanAreKept_ForgetsTheOldest()
    {
        var first = Compile("root ::= \"first\"");
        for (var i = 0; i < 100; i++) Compile($"root ::= \"{i}\"");

        Assert.NotSame(first, Compile("root ::= \"first\""));
    }

    [Fact]
    public void Compile_WhatIsRefused_IsRefusedEachTimeWithTheFieldOfTheRequest()
    {
        var empty = new Grammar(new ChoiceExpression([]));

        foreach (var field in new[] { "response_format", "guided_grammar" })
            Assert.Equal(field, Assert.Throws<InvalidFieldException>(() => _constraints.Compile(empty, field, CancellationToken.None)).Error.Param);
    }

    private CompiledGrammar Compile(string grammar) => _constraints.Compile(new EbnfFormat(grammar).ToGrammar(), "guided_grammar", CancellationToken.None);
}
