namespace ModelServer.Jinja;

/// <summary>The filters of Jinja's manual, by name; those for texts and for sequences are written in their own files.</summary>
internal static class Filters
{
    public static readonly IReadOnlyDictionary<string, Filter> All = TextFilters.All.Concat(SequenceFilters.All).Concat(Values()).ToDictionary(StringComparer.Ordinal);

    private static Dictionary<string, Filter> Values()
    {
        var filters = new Dictionary<string, Filter>(StringComparer.Ordinal)
        {
            ["abs"] = (_, value, _) => PythonValues.Defined(value) is double number ? Math.Abs(number) : (object)Math.Abs(PythonValues.ToLong(value)),
            ["attr"] = (_, value, given) => PythonValues.Defined(value) is JinjaDict ? Undefined.Member(value, "") : PythonValues.Attribute(value, PythonValues.ToText(given.Required(0, "name")).Value),
            ["default"] = (_, value, given) => value is Undefined || (PythonValues.IsTrue(given.Get(1, "boolean", false)) && !PythonValues.IsTrue(value)) ? given.Get(0, "default_value", JinjaText.Empty) : value,
            ["float"] = (_, value, given) => Real(value) ?? given.Get(0, "default", 0.0),
            ["int"] = (_, value, given) => Whole(value, given) ?? given.Get(0, "default", 0L),
            ["round"] = Round,
            ["tojson"] = ToJson,
        };
        filters["d"] = filters["default"];
        return filters;
    }

    private static object? Real(object? value) => PythonValues.Defined(value) switch
    {
        bool or long or double => PythonValues.ToDouble(value),
        JinjaText text when PythonNumbers.TryReal(text.Value, out var number) => number,
        _ => null,
    };

    private static object? Whole(object? value, Arguments given) => PythonValues.Defined(value) switch
    {
        bool or long => PythonValues.ToLong(value),
        System.Numerics.BigInteger => value,
        double number when Math.Abs(number) < 9.2e18 => (long)Math.Truncate(number),
        JinjaText text when PythonNumbers.TryWhole(text.Value, PythonValues.ToLong(given.Get(1, "base", 10L)), out var number) => number,
        JinjaText text when PythonNumbers.TryReal(text.Value, out var real) && Math.Abs(real) < 9.2e18 => (long)Math.Truncate(real),
        _ => null,
    };

    private static object? Round(Frame frame, object? value, Arguments given)
    {
        var (number, digits) = (PythonValues.ToDouble(PythonValues.Defined(value)), (int)Math.Clamp(PythonValues.ToLong(given.Get(0, "precision", 0L)), -300, 15));
        var method = PythonText.Str(given.Get(1, "method", new JinjaText("common"))).Value;
        if (method == "common" && value is (bool or long) && digits >= 0) return PythonValues.ToLong(value);
        var factor = Math.Pow(10, digits);
        return method switch
        {
            "ceil" => Math.Ceiling(number * factor) / factor,
            "floor" => Math.Floor(number * factor) / factor,
            _ => digits >= 0 ? Math.Round(number, digits, MidpointRounding.ToEven) : Math.Round(number * factor, MidpointRounding.ToEven) / factor,
        };
    }

    private static object? ToJson(Frame frame, object? value, Arguments given)
    {
        var indent = given.Get(1, "indent") switch
        {
            null => null,
            JinjaText text => text.Value,
            var width => new string(' ', (int)Math.Clamp(PythonValues.ToLong(width), 0, 100)),
        };
        (string, string)? separators = given.Get(2, "separators") is JinjaList { Items: [JinjaText comma, JinjaText colon] } ? (comma.Value, colon.Value) : null;
        var json = JsonText.Write(frame.Budget, value, indent, separators, PythonValues.IsTrue(given.Get(3, "sort_keys", false)));
        frame.Budget.Spend(json.Value.Length);
        return PythonValues.IsTrue(given.Get(0, "ensure_ascii", false)) ? json.With(JsonText.Ascii(json.Value)) : json;
    }
}
