namespace ModelServer.Constraints.JsonSchema;

/// <summary>Any JSON object.</summary>
internal sealed record JsonObjectFormat : OutputFormat
{
    public override Grammar ToGrammar() => SchemaGrammar.AnyObject;
}
