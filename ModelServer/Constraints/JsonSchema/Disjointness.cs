namespace ModelServer.Constraints.JsonSchema;

/// <summary>Proves that the options of <c>oneOf</c> have no value in common. A grammar of one option or the other then is what <c>oneOf</c> says; else it would
/// let values pass that match two.</summary>
internal sealed class Disjointness(SchemaDocument document, ShapeReader reader)
{
    // What is required within what is required, and so on, is looked at so far.
    private const int MaxDepth = 50;

    private readonly Dictionary<SchemaNode, bool> _empty = [];

    /// <exception cref="InvalidFieldException">Some options may have values in common.</exception>
    public void Check()
    {
        // Reading one may find others.
        for (var i = 0; i < reader.Disjoint.Count; i++)
        {
            var (path, options) = reader.Disjoint[i];
            for (var b = 1; b < options.Length; b++)
            {
                for (var a = 0; a < b; a++)
                {
                    document.Budget.Spend(10);
                    // Two options that are one schema are the same node, and so is what they have in common.
                    if (!IsEmpty(document.Meet(options[a], options[b]), 0))
                        throw document.Unsupported(path, $"has options, {a} and {b}, that one value may match both: anyOf is supported, or properties with different constants, required in both");
                }
            }
        }
    }

    /// <summary>Whether it is certain that a node has no value.</summary>
    private bool IsEmpty(SchemaNode node, int depth)
    {
        if (depth > MaxDepth) return false;
        if (_empty.TryGetValue(node, out var known)) return known;
        // A node within itself is not taken for empty.
        _empty[node] = false;
        return _empty[node] = node.Schemas.Count > 0 && reader.Shapes(node).All(s => IsEmpty(s, depth + 1));
    }

    private bool IsEmpty(Shape shape, int depth) => shape switch
    {
        ArrayShape array => array.Min > 0 && Enumerable.Range(0, Math.Min(array.Min, array.Prefix.Count + 1)).Any(i => IsEmpty(array.At(i), depth)),
        ObjectShape members => members.Properties.Any(p => p.IsRequired && IsEmpty(p.Value, depth)),
        _ => false,
    };
}
