using System.Text.Json;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Makes grammars of JSON schemas (2020-12, and what draft 7 writes otherwise). Every text of the grammar is JSON that the schema validates; what cannot
/// be enforced is refused by its keyword, and costs are bounded. docs/requests.md says what is enforced and how.</summary>
internal static class SchemaGrammar
{
    /// <summary>Any JSON object.</summary>
    public static Grammar AnyObject { get; } = Of(JsonDocument.Parse("""{"type":"object"}""").RootElement);

    /// <param name="field">The field of the request that holds the schema, for messages.</param>
    /// <param name="strict">Whether objects have only the properties that the schema names where it says nothing of others.</param>
    /// <exception cref="InvalidFieldException">The schema is none, asks for what cannot be enforced, contradicts itself, or is too large.</exception>
    public static Grammar Of(JsonElement schema, string field = "schema", bool strict = false)
    {
        var document = new SchemaDocument(schema, field, new WorkBudget());
        try
        {
            var root = document.Root();
            var reader = new ShapeReader(document, strict);
            var grammar = new SchemaCompiler(document, reader, strict).Compile(root);
            new Disjointness(document, reader).Check();
            return grammar;
        }
        catch (NotSupportedException e)
        {
            throw document.Unsupported("#", $"cannot be enforced: {e.Message}");
        }
    }
}
