using System.Globalization;

namespace ModelServer.Responses;

/// <summary>The ids of one response and of its items. An item's id begins with its response's, so that an item can be found by its id alone.</summary>
/// <param name="number">Sane.</param>
internal sealed class ItemIds(string number)
{
    private const string Prefix = "resp_";
    private const int Digits = 32;
    private int _items;

    public string Response => Prefix + number;

    /// <summary>With the number that the gateway gave, else with one of its own.</summary>
    public static ItemIds Of(string? given) => new(ResponseNumber.IsSane(given) ? given! : ResponseNumber.Next());

    /// <summary>An id for another item.</summary>
    public string Next(string? type)
    {
        var kind = type switch
        {
            "function_call" => "fc",
            "function_call_output" => "fco",
            "reasoning" => "rs",
            _ => "msg",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{kind}_{number}{_items++:x4}");
    }

    /// <summary>Whether it may be the id of a response.</summary>
    public static bool IsOfResponse(string id) => id.StartsWith(Prefix, StringComparison.Ordinal) && ResponseNumber.IsSane(id.AsSpan(Prefix.Length));

    /// <summary>The response that an item belongs to; null for an id that is none of ours.</summary>
    public static string? ResponseOf(string itemId)
    {
        var start = itemId.IndexOf('_', StringComparison.Ordinal) + 1;
        return start > 0 && itemId.Length >= start + Digits && ResponseNumber.IsSane(itemId.AsSpan(start, Digits)) ? Prefix + itemId.Substring(start, Digits) : null;
    }
}
