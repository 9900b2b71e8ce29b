using System.Text.Json;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>JSON that a schema validates.</summary>
/// <param name="Field">The field of the request that holds the schema, for messages.</param>
/// <param name="Strict">Whether objects have only the properties that the schema names where it says nothing of others.</param>
internal sealed record JsonSchemaFormat(JsonElement Schema, string Field = "schema", bool Strict = false) : OutputFormat
{
    public override Grammar ToGrammar() => SchemaGrammar.Of(Schema, Field, Strict);
}
