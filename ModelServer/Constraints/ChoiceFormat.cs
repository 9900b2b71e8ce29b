namespace ModelServer.Constraints;

/// <summary>One of several texts.</summary>
internal sealed record ChoiceFormat(IReadOnlyList<string> Choices) : OutputFormat
{
    public override Grammar ToGrammar() => new(Expression.Choice([.. Choices.Distinct().Select(Expression.Text)]));
}
