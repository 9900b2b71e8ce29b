namespace ModelServer.Requests;

internal static class TextLists
{
    /// <summary>What is wrong with texts that a request must have, or null.</summary>
    /// <param name="field">What the route calls them.</param>
    public static FieldError? Fault(this TextList? texts, string field, int most) => texts?.Items switch
    {
        null => FieldError.Required(field),
        [] => new(field, $"{field} must not be empty."),
        var items when items.Length > most => new(field, $"{field} has {items.Length} items; at most {most} are allowed."),
        var items when Array.Exists(items, i => i.Length == 0) => new(field, $"{field} must not contain empty strings."),
        _ => null,
    };
}
