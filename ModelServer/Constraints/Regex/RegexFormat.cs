namespace ModelServer.Constraints.Regex;

/// <summary>A text that a regular expression matches as a whole.</summary>
/// <param name="Field">The field of the request that holds it, for messages.</param>
internal sealed record RegexFormat(string Pattern, string Field = "regex") : OutputFormat
{
    public override Grammar ToGrammar()
    {
        try
        {
            return new(RegexExpression.Whole(Pattern));
        }
        catch (NotSupportedException e)
        {
            throw new InvalidFieldException(FieldError.Unsupported(Field, $"{Field} cannot be enforced: {e.Message}."));
        }
    }
}
