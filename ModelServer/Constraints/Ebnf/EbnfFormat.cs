namespace ModelServer.Constraints.Ebnf;

/// <summary>Texts of a grammar that is written out in GBNF, as llama.cpp and XGrammar read it; its rule <c>root</c> is a whole text.</summary>
/// <param name="Grammar">The grammar's text.</param>
/// <param name="Field">The request's field that it comes from, for messages.</param>
internal sealed record EbnfFormat(string Grammar, string Field = "guided_grammar") : OutputFormat
{
    public override Grammar ToGrammar() => new EbnfParser(Grammar, Field).Parse();
}
