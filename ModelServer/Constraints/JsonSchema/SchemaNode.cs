namespace ModelServer.Constraints.JsonSchema;

/// <summary>The values that several schemas allow, all of them; any value where there is none. Equal sets of schemas are one node, so that schemas that refer to
/// themselves have finitely many.</summary>
/// <param name="schemas">Their numbers, in order.</param>
internal sealed class SchemaNode(IReadOnlyList<int> schemas)
{
    public static SchemaNode Any { get; } = new([]);

    public IReadOnlyList<int> Schemas => schemas;
}
