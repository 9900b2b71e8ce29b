using System.Text.Json;

namespace ServiceDefaults.Contracts;

/// <summary>A value has another form than its field takes. Thrown by our converters, in words that are fit for callers.</summary>
/// <param name="expected">What the value must be, as the end of a sentence: <c>a string or a list of strings</c>.</param>
public sealed class JsonFieldException(string expected) : JsonException($"Expected {expected}.")
{
    public string Expected => expected;
}
