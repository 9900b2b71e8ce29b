namespace ModelServer.Jinja;

/// <summary>The tests of Jinja's manual, by name.</summary>
internal static class Tests
{
    public static readonly IReadOnlyDictionary<string, Test> All = Create();

    private static Dictionary<string, Test> Create()
    {
        var tests = new Dictionary<string, Test>(StringComparer.Ordinal)
        {
            ["boolean"] = (_, value, _) => value is bool,
            ["callable"] = (_, value, _) => value is Callable or Undefined,
            ["defined"] = (_, value, _) => value is not Undefined,
            ["divisibleby"] = (frame, value, given) => PythonValues.AreEqual(Operators.Modulo(frame.Budget, value, given.Required(0, "num")), 0L),
            ["escaped"] = (_, _, _) => false,
            ["even"] = (frame, value, _) => PythonValues.AreEqual(Operators.Modulo(frame.Budget, value, 2L), 0L),
            ["false"] = (_, value, _) => value is false,
            ["filter"] = (_, value, _) => Filters.All.ContainsKey(PythonText.Str(value).Value),
            ["float"] = (_, value, _) => value is double,
            ["in"] = (_, value, given) => PythonValues.Contains(given.Required(0, "seq"), value),
            ["integer"] = (_, value, _) => value is long or System.Numerics.BigInteger,
            ["iterable"] = (_, value, _) => value is JinjaText or JinjaList or JinjaDict or Undefined,
            ["lower"] = (_, value, _) => PythonText.Str(value).Value is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
            ["mapping"] = (_, value, _) => value is JinjaDict,
            ["none"] = (_, value, _) => value is null,
            ["number"] = (_, value, _) => value is bool or long or System.Numerics.BigInteger or double,
            ["odd"] = (frame, value, _) => PythonValues.AreEqual(Operators.Modulo(frame.Budget, value, 2L), 1L),
            ["sameas"] = (_, value, given) => given.Required(0, "other") is var other && (value is bool or long or double ? value.Equals(other) : ReferenceEquals(value, other)),
            ["sequence"] = (_, value, _) => value is JinjaText or JinjaDict or JinjaList { Kind: not ListKind.Generator } or Undefined,
            ["string"] = (_, value, _) => value is JinjaText,
            ["test"] = (_, value, _) => All.ContainsKey(PythonText.Str(value).Value),
            ["true"] = (_, value, _) => value is true,
            ["undefined"] = (_, value, _) => value is Undefined,
            ["upper"] = (_, value, _) => PythonText.Str(value).Value is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        };
        foreach (var (sign, names) in new (string, string[])[] { ("==", ["eq", "equalto", "=="]), ("!=", ["ne", "!="]), ("<", ["lt", "lessthan", "<"]), ("<=", ["le", "<="]), (">", ["gt", "greaterthan", ">"]), (">=", ["ge", ">="]) })
            foreach (var name in names) tests[name] = (_, value, given) => Comparison.Holds(sign, value, given.Required(0, "other"));
        return tests;
    }
}
