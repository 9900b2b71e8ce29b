using System.Numerics;

namespace ModelServer.Jinja;

/// <summary>What Python's operators and built-in functions make of values: a value is null (<c>None</c>), <see cref="Undefined"/>, a bool, long, double, BigInteger (from JSON alone: nothing computes with one), <see cref="JinjaText"/>,
/// <see cref="JinjaList"/>, <see cref="JinjaDict"/>, <see cref="JinjaNamespace"/>, <see cref="LoopState"/> or <see cref="Callable"/>.</summary>
internal static class PythonValues
{
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        JinjaText text => text.Value.Length > 0,
        JinjaList { Kind: ListKind.Generator } => true,
        JinjaList list => list.Items.Count > 0,
        JinjaDict dict => dict.Items.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? a, object? b) => (a, b) switch
    {
        (JinjaText x, JinjaText y) => string.Equals(x.Value, y.Value, StringComparison.Ordinal),
        (long x, long y) => x == y,
        (bool or long or double, bool or long or double) => ToDouble(a) == ToDouble(b),
        (BigInteger x, BigInteger y) => x == y,
        (JinjaList x, JinjaList y) => x.Kind == y.Kind && x.Kind != ListKind.Generator ? AreEqual(x, y) : ReferenceEquals(x, y),
        (JinjaDict x, JinjaDict y) => AreEqual(x, y),
        (Undefined, Undefined) => true,
        _ => ReferenceEquals(a, b),
    };

    private static bool AreEqual(JinjaList a, JinjaList b)
    {
        RenderBudget.Current.Descend();
        return a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(p => Counted(p.First, p.Second));
    }

    private static bool AreEqual(JinjaDict a, JinjaDict b)
    {
        RenderBudget.Current.Descend();
        return a.Items.Count == b.Items.Count && a.Items.All(i => b.TryGet(i.Key, out var other) && Counted(i.Value, other));
    }

    private static bool Counted(object? a, object? b)
    {
        RenderBudget.Current.Step();
        return AreEqual(a, b);
    }

    /// <returns>Less than zero where the first comes first.</returns>
    public static int Compare(object? a, object? b)
    {
        Defined(a);
        Defined(b);
        switch (a, b)
        {
            case (long x, long y): return x.CompareTo(y);
            case (bool or long or double, bool or long or double): return ToDouble(a).CompareTo(ToDouble(b));
            case (JinjaText x, JinjaText y): return CodePoints.Compare(x.Value, y.Value);
            case (JinjaList x, JinjaList y) when x.Kind == y.Kind:
                RenderBudget.Current.Descend();
                foreach (var (first, second) in x.Items.Zip(y.Items))
                    if (!AreEqual(first, second)) return Compare(first, second);
                return x.Items.Count.CompareTo(y.Items.Count);
            default: throw new JinjaException($"'<' not supported between instances of '{PythonText.TypeName(a)}' and '{PythonText.TypeName(b)}'");
        }
    }

    public static bool Contains(object? container, object? item) => container switch
    {
        JinjaText text => item is JinjaText part
            ? text.Value.Contains(part.Value, StringComparison.Ordinal)
            : throw new JinjaException($"'in <string>' requires string as left operand, not {PythonText.TypeName(item)}"),
        JinjaDict dict => dict.TryGet(item, out _),
        JinjaList list => list.Items.Any(i => Counted(i, item)),
        Undefined => false,
        JinjaNamespace => throw new JinjaException("argument of type 'Namespace' is not iterable"),
        _ => throw new JinjaException($"argument of type '{PythonText.TypeName(container)}' is not iterable"),
    };

    /// <summary>What a loop goes through.</summary>
    public static IReadOnlyList<object?> Iterate(object? value) => value switch
    {
        JinjaList list => list.Items,
        JinjaDict dict => [.. dict.Items.Select(i => i.Key)],
        JinjaText text => CodePoints.Split(text),
        Undefined => [],
        _ => throw new JinjaException($"'{PythonText.TypeName(value)}' object is not iterable"),
    };

    public static long Length(object? value) => value switch
    {
        JinjaText text => CodePoints.Count(text.Value),
        JinjaList { Kind: not ListKind.Generator } list => list.Items.Count,
        JinjaDict dict => dict.Items.Count,
        Undefined => 0,
        _ => throw new JinjaException($"object of type '{PythonText.TypeName(value)}' has no len()"),
    };

    public static double ToDouble(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        long number => number,
        double number => number,
        BigInteger number => (double)number,
        _ => throw new JinjaException($"must be real number, not {PythonText.TypeName(value)}"),
    };

    public static long ToLong(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        long number => number,
        BigInteger => throw new OverflowException(),
        _ => throw new JinjaException($"'{PythonText.TypeName(Defined(value))}' object cannot be interpreted as an integer"),
    };

    public static JinjaText ToText(object? value) => value as JinjaText ?? throw new JinjaException($"expected string, got {PythonText.TypeName(Defined(value))}");

    /// <exception cref="JinjaException">It is not defined.</exception>
    public static object? Defined(object? value) => value is Undefined missing ? throw missing.Fault() : value;

    /// <summary><c>a.b</c>: a method or an attribute, else an entry of that name.</summary>
    public static object? Attribute(object? owner, string name) => owner switch
    {
        Undefined missing => throw missing.Fault(),
        JinjaDict dict => DictMethods.Find(dict, name) ?? (dict.TryGet(name, out var value) ? value : Undefined.Member(owner, name)),
        JinjaNamespace space => space.Members.TryGetValue(name, out var value) ? value : Undefined.Member(owner, name),
        JinjaText text => TextMethods.Find(text, name) ?? (object)Undefined.Member(owner, name),
        Group group => group.Find(name),
        JinjaList list => ListMethods.Find(list, name) ?? (object)Undefined.Member(owner, name),
        LoopState loop => loop.Find(name) ?? Undefined.Member(owner, name),
        Macro macro => macro.Find(name) ?? Undefined.Member(owner, name),
        _ => Undefined.Member(owner, name),
    };

    /// <summary><c>a[b]</c>: an entry, else a method or an attribute of that name.</summary>
    public static object? Item(object? owner, object? key) => (owner, key) switch
    {
        (Undefined missing, _) => throw missing.Fault(),
        (JinjaDict dict, _) when key is not (JinjaList or JinjaDict) && dict.TryGet(key, out var value) => value,
        (JinjaList { Kind: not ListKind.Generator } list, long or bool) => ToLong(key) is var i && (i < 0 ? i + list.Items.Count : i) is var place && place >= 0 && place < list.Items.Count
            ? list.Items[(int)place]
            : new Undefined($"'{PythonText.TypeName(owner)} object' has no element {i}"),
        (JinjaText text, long or bool) => CodePoints.At(text, ToLong(key)) ?? (object)new Undefined($"'str object' has no element {ToLong(key)}"),
        (_, JinjaText name) => Attribute(owner, name.Value),
        _ => new Undefined($"'{PythonText.TypeName(owner)} object' has no element {PythonText.Repr(key)}"),
    };

    /// <summary><c>a[start:stop:step]</c> of a text or a list.</summary>
    public static object Slice(object? owner, long? start, long? stop, long? step)
    {
        var items = owner is JinjaText && step is (null or 1) ? null : Iterate(owner);
        var (count, stride) = (items?.Count ?? Length(owner), step ?? 1);
        long Bound(long? at, long otherwise) => at is not { } place ? otherwise : Math.Clamp(place < 0 ? place + count : place, stride < 0 ? -1 : 0, stride < 0 ? count - 1 : count);
        var (from, to) = (Bound(start, stride < 0 ? count - 1 : 0), Bound(stop, stride < 0 ? -1 : count));
        if (items is null) return CodePoints.Slice((JinjaText)owner!, from, to);

        var taken = new List<object?>();
        for (var i = from; stride < 0 ? i > to : i < to; i += stride) taken.Add(items[(int)i]);
        if (owner is JinjaList list) return new JinjaList(taken, list.Kind);
        var text = new JinjaTextBuilder();
        foreach (var letter in taken) text.Append((JinjaText)letter!);
        return text.ToText();
    }
}
