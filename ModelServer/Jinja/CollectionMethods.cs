namespace ModelServer.Jinja;

/// <summary>The methods of Python's <c>dict</c> that change nothing: templates run in a sandbox in which the others are refused.</summary>
internal static class DictMethods
{
    public static Callable? Find(JinjaDict dict, string name) => name switch
    {
        "get" => new Function((_, given) => dict.TryGet(given.Required(0, "key"), out var value) ? value : given.Get(1, "default")),
        "items" => new Function((frame, _) => Items(frame, dict)),
        "keys" => new Function((_, _) => new JinjaList([.. dict.Items.Select(i => i.Key)])),
        "values" => new Function((_, _) => new JinjaList([.. dict.Items.Select(i => i.Value)])),
        "copy" => new Function((_, _) => dict),
        "pop" or "popitem" or "update" or "setdefault" or "clear" => Refused.Change(name, "dict"),
        _ => null,
    };

    public static JinjaList Items(Frame frame, JinjaDict dict)
    {
        frame.Budget.Spend(dict.Items.Count);
        return new([.. dict.Items.Select(i => JinjaList.Tuple(i.Key, i.Value))]);
    }
}

/// <summary>The methods of Python's <c>list</c> and <c>tuple</c> that change nothing.</summary>
internal static class ListMethods
{
    public static Callable? Find(JinjaList list, string name) => (name, list.Kind) switch
    {
        (_, ListKind.Generator) => null,
        ("index", _) => new Function((_, given) => Index(list, given.Required(0, "value"))),
        ("count", _) => new Function((frame, given) => Count(frame, list, given.Required(0, "value"))),
        ("copy", ListKind.List) => new Function((_, _) => list),
        ("append" or "extend" or "insert" or "pop" or "remove" or "clear" or "reverse" or "sort", ListKind.List) => Refused.Change(name, "list"),
        _ => null,
    };

    private static long Count(Frame frame, JinjaList list, object? value)
    {
        frame.Budget.Step(list.Items.Count);
        return list.Items.Count(i => PythonValues.AreEqual(i, value));
    }

    private static long Index(JinjaList list, object? value)
    {
        RenderBudget.Current.Step(list.Items.Count);
        for (var i = 0; i < list.Items.Count; i++)
            if (PythonValues.AreEqual(list.Items[i], value)) return i;
        throw new JinjaException($"{PythonText.Repr(value).Value} is not in list");
    }
}

internal static class Refused
{
    public static Callable Change(string method, string type) => new Function((_, _) => throw new JinjaException($"access to attribute '{method}' of '{type}' object is unsafe."));
}
