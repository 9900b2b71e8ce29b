using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace ModelServer.Jinja;

/// <summary>Values of JSON as a template sees them.</summary>
internal static class JsonValues
{
    /// <summary>Digits of an integer that Python reads at most; a longer one is a real here.</summary>
    private const int MaxDigits = 4300;

    /// <param name="json">The value.</param>
    /// <param name="isGiven">Whether its texts are a caller's.</param>
    /// <exception cref="JinjaException">A text in it is none: half of a surrogate pair, or no UTF-8.</exception>
    public static object? Read(JsonElement json, bool isGiven)
    {
        try
        {
            return Value(json, isGiven);
        }
        catch (InvalidOperationException)
        {
            throw new JinjaException("a text in it is not valid Unicode");
        }
    }

    private static object? Value(JsonElement json, bool isGiven) => json.ValueKind switch
    {
        JsonValueKind.String => new JinjaText(json.GetString()!, isGiven),
        JsonValueKind.Number => Number(json),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => new JinjaList([.. json.EnumerateArray().Select(i => Value(i, isGiven))]),
        JsonValueKind.Object => Dict(json, isGiven),
        _ => null,
    };

    /// <summary>What is written without point and exponent is an integer.</summary>
    private static object Number(JsonElement json)
    {
        var text = json.GetRawText();
        if (text.Length > MaxDigits || text.AsSpan().IndexOfAny(".eE") >= 0) return json.GetDouble();
        return json.TryGetInt64(out var whole) ? whole : (object)BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private static JinjaDict Dict(JsonElement json, bool isGiven)
    {
        var dict = new JinjaDict();
        foreach (var member in json.EnumerateObject()) dict.Set(new JinjaText(member.Name, isGiven), Value(member.Value, isGiven));
        return dict;
    }
}
