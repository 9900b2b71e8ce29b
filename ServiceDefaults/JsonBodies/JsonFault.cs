namespace ServiceDefaults.JsonBodies;

internal enum JsonFaultKind
{
    /// <summary>There is no JSON at this place.</summary>
    Malformed,

    /// <summary>It is nested more deeply than is read.</summary>
    TooDeep,

    /// <summary>Its bytes are no UTF-8.</summary>
    NotUtf8,

    /// <summary>A text has one half of a surrogate pair.</summary>
    LoneSurrogate,

    /// <summary>A member has a name that its object does not know.</summary>
    Unknown,

    /// <summary>A member is there twice.</summary>
    Duplicate,

    /// <summary>A number is of the right kind and too large or too small to be held.</summary>
    OutOfRange,

    /// <summary>A value is of another kind than its field.</summary>
    WrongType,
}

/// <summary>What is wrong with a JSON text.</summary>
/// <param name="Param">The path of the value or member at fault, such as <c>messages[0].role</c>; null for the text as a whole.</param>
/// <param name="Expected">What must stand there, as the end of a sentence.</param>
/// <param name="Given">What stands there, in the same form.</param>
internal sealed record JsonFault(JsonFaultKind Kind, string? Param = null, string? Expected = null, string? Given = null);
