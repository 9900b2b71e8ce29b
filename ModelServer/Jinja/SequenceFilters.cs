namespace ModelServer.Jinja;

internal static class SequenceFilters
{
    public static readonly IReadOnlyDictionary<string, Filter> All = new Dictionary<string, Filter>(StringComparer.Ordinal)
    {
        ["batch"] = (frame, value, given) => Batch(frame, Items(frame, value), PythonValues.ToLong(given.Required(0, "linecount")), given.Get(1, "fill_with")),
        ["count"] = (_, value, _) => PythonValues.Length(value),
        ["dictsort"] = DictSort,
        ["first"] = (frame, value, _) => Items(frame, value) is [var first, ..] ? first : new Undefined("No first item, sequence was empty."),
        ["groupby"] = GroupBy,
        ["items"] = (frame, value, _) => value switch
        {
            Undefined => new JinjaList([]),
            JinjaDict dict => DictMethods.Items(frame, dict),
            _ => throw new JinjaException("Can only get item pairs from a mapping."),
        },
        ["join"] = (frame, value, given) => TextParts.Join(frame.Budget, PythonText.Str(given.Get(0, "d", JinjaText.Empty)), Items(frame, value).Select(i => PythonText.Str(Path(i, given.Get(1, "attribute"))))),
        ["last"] = (frame, value, _) => Items(frame, value) is [.., var last] ? last : new Undefined("No last item, sequence was empty."),
        ["length"] = (_, value, _) => PythonValues.Length(value),
        ["list"] = (frame, value, _) => new JinjaList(Items(frame, value)),
        ["map"] = Map,
        ["max"] = (frame, value, given) => Most(frame, value, given, sign: 1),
        ["min"] = (frame, value, given) => Most(frame, value, given, sign: -1),
        ["reject"] = (frame, value, given) => Choose(frame, value, given, isByMember: false, isWanted: false),
        ["rejectattr"] = (frame, value, given) => Choose(frame, value, given, isByMember: true, isWanted: false),
        ["reverse"] = Reverse,
        ["select"] = (frame, value, given) => Choose(frame, value, given, isByMember: false, isWanted: true),
        ["selectattr"] = (frame, value, given) => Choose(frame, value, given, isByMember: true, isWanted: true),
        ["slice"] = (frame, value, given) => Columns(Items(frame, value), PythonValues.ToLong(given.Required(0, "slices")), given.Get(1, "fill_with")),
        ["sort"] = Sort,
        ["sum"] = (frame, value, given) => Items(frame, value).Select(i => Path(i, given.Get(0, "attribute"))).Aggregate(given.Get(1, "start", 0L), (a, b) => Operators.Add(frame.Budget, a, b)),
        ["unique"] = Unique,
    };

    private static IReadOnlyList<object?> Items(Frame frame, object? value)
    {
        var items = PythonValues.Iterate(value);
        frame.Budget.Spend(items.Count);
        return items;
    }

    /// <summary>What a filter's <c>attribute</c> means: members and places with points between them.</summary>
    private static object? Path(object? value, object? path)
    {
        if (path is null) return value;
        foreach (var part in PythonText.Str(path).Value.Split('.'))
            value = PythonValues.Item(value, long.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var place) ? place : new JinjaText(part));
        return value;
    }

    private static object? Folded(object? value, bool isCaseSensitive) => !isCaseSensitive && value is JinjaText text ? text.With(text.Value.ToLowerInvariant()) : value;

    /// <summary>What is false in any way has no items, whatever it is.</summary>
    private static IReadOnlyList<object?> ItemsIfAny(Frame frame, object? value) => PythonValues.IsTrue(value) ? Items(frame, value) : [];

    private static object? Map(Frame frame, object? value, Arguments given)
    {
        var items = ItemsIfAny(frame, value);
        if (given.Positional.Count == 0 && given.Named.TryGetValue("attribute", out var path))
        {
            var standard = given.Named.GetValueOrDefault("default");
            return new JinjaList([.. items.Select(i => Path(i, path) is var member && member is Undefined && standard is not null ? standard : member)], ListKind.Generator);
        }

        var name = PythonValues.ToText(given.Required(0, "filter")).Value;
        var filter = Filters.All.GetValueOrDefault(name) ?? throw new JinjaException($"No filter named '{name}'.");
        return new JinjaList([.. items.Select(i => Counted(frame, () => filter(frame, i, given.From(1))))], ListKind.Generator);
    }

    private static JinjaList Choose(Frame frame, object? value, Arguments given, bool isByMember, bool isWanted)
    {
        var place = isByMember ? 1 : 0;
        var path = isByMember ? given.Required(0, "attribute") : null;
        var name = place < given.Positional.Count ? PythonValues.ToText(given.Positional[place]).Value : null;
        var test = name is null ? (_, item, _) => PythonValues.IsTrue(item) : Tests.All.GetValueOrDefault(name) ?? throw new JinjaException($"No test named '{name}'.");
        return new([.. ItemsIfAny(frame, value).Where(i => Counted(frame, () => test(frame, Path(i, path), given.From(place + 1))) == isWanted)], ListKind.Generator);
    }

    private static T Counted<T>(Frame frame, Func<T> work)
    {
        frame.Budget.Step();
        return work();
    }

    private static object? Reverse(Frame frame, object? value, Arguments given)
    {
        if (value is not JinjaText text) return new JinjaList([.. Items(frame, value).Reverse()], ListKind.Generator);
        return PythonValues.Slice(text, null, null, -1);
    }

    private static object? Sort(Frame frame, object? value, Arguments given)
    {
        var (isDescending, isCaseSensitive) = (PythonValues.IsTrue(given.Get(0, "reverse", false)), PythonValues.IsTrue(given.Get(1, "case_sensitive", false)));
        var paths = given.Get(2, "attribute") is { } attribute ? PythonText.Str(attribute).Value.Split(',').Select(p => (object?)new JinjaText(p)).ToArray() : [null];
        object Key(object? item) => new JinjaList([.. paths.Select(p => Folded(Path(item, p), isCaseSensitive))]);
        return new JinjaList(Sorted(frame, Items(frame, value), Key, isDescending));
    }

    private static object? DictSort(Frame frame, object? value, Arguments given)
    {
        var dict = PythonValues.Defined(value) as JinjaDict ?? throw new JinjaException($"'{PythonText.TypeName(value)}' object has no attribute 'items'");
        var (isCaseSensitive, isDescending) = (PythonValues.IsTrue(given.Get(0, "case_sensitive", false)), PythonValues.IsTrue(given.Get(2, "reverse", false)));
        var place = PythonText.Str(given.Get(1, "by", new JinjaText("key"))).Value == "value" ? 1 : 0;
        return new JinjaList(Sorted(frame, DictMethods.Items(frame, dict).Items, pair => Folded(((JinjaList)pair!).Items[place], isCaseSensitive), isDescending));
    }

    /// <summary>Equal ones stay in their order, as Python's do in both directions.</summary>
    private static List<object?> Sorted(Frame frame, IReadOnlyList<object?> items, Func<object?, object?> key, bool isDescending)
    {
        var order = Comparer<object?>.Create((a, b) => Counted(frame, () => PythonValues.Compare(a, b)));
        try
        {
            return isDescending ? [.. items.OrderByDescending(key, order)] : [.. items.OrderBy(key, order)];
        }
        catch (InvalidOperationException e) when (e.InnerException is JinjaException inner)
        {
            throw inner;
        }
    }

    private static object? Unique(Frame frame, object? value, Arguments given)
    {
        var (isCaseSensitive, seen) = (PythonValues.IsTrue(given.Get(0, "case_sensitive", false)), new JinjaDict());
        var items = new List<object?>();
        foreach (var item in Items(frame, value))
        {
            var key = Folded(Path(item, given.Get(1, "attribute")), isCaseSensitive);
            if (seen.TryGet(key, out _)) continue;
            seen.Set(key, true);
            items.Add(item);
        }

        return new JinjaList(items, ListKind.Generator);
    }

    private static object? GroupBy(Frame frame, object? value, Arguments given)
    {
        var (path, standard, isCaseSensitive) = (given.Required(0, "attribute"), given.Get(1, "default"), PythonValues.IsTrue(given.Get(2, "case_sensitive", false)));
        object? Raw(object? item) => Path(item, path) is var member && member is Undefined && standard is not null ? standard : member;
        var groups = new List<object?>();
        List<object?>? members = null;
        object? last = null;
        foreach (var item in Sorted(frame, Items(frame, value), item => Folded(Raw(item), isCaseSensitive), isDescending: false))
        {
            var key = Folded(Raw(item), isCaseSensitive);
            if (members is null || !PythonValues.AreEqual(key, last)) groups.Add(new Group(Raw(item), new JinjaList(members = [])));
            members.Add(item);
            last = key;
        }

        return new JinjaList(groups);
    }

    private static object? Most(Frame frame, object? value, Arguments given, int sign)
    {
        var items = Items(frame, value);
        if (items.Count == 0) return new Undefined("No aggregated item, sequence was empty.");
        var isCaseSensitive = PythonValues.IsTrue(given.Get(0, "case_sensitive", false));
        return items.Aggregate((best, item) => sign * PythonValues.Compare(Key(item), Key(best)) > 0 ? item : best);

        object? Key(object? item) => Folded(Path(item, given.Get(1, "attribute")), isCaseSensitive);
    }

    private static JinjaList Batch(Frame frame, IReadOnlyList<object?> items, long size, object? fill)
    {
        if (size < 1) throw new JinjaException("batch: linecount must be at least 1");
        var batches = items.Chunk((int)Math.Min(size, int.MaxValue)).Select(b => b.ToList()).ToList();
        if (fill is not null && batches is [.., var last])
        {
            frame.Budget.Spend(size);
            while (last.Count < size) last.Add(fill);
        }

        return new([.. batches.Select(b => new JinjaList(b))], ListKind.Generator);
    }

    private static JinjaList Columns(IReadOnlyList<object?> items, long count, object? fill)
    {
        if (count is < 1 or > 100_000) throw new JinjaException("slice: slices must be 1 to 100000");
        var (size, extra, start) = (items.Count / (int)count, items.Count % (int)count, 0);
        var columns = new List<object?>();
        for (var i = 0; i < count; i++)
        {
            var length = size + (i < extra ? 1 : 0);
            List<object?> column = [.. items.Skip(start).Take(length)];
            if (fill is not null && i >= extra) column.Add(fill);
            columns.Add(new JinjaList(column));
            start += length;
        }

        return new(columns, ListKind.Generator);
    }
}

/// <summary>What <c>groupby</c> makes: a value and those that have it.</summary>
internal sealed class Group(object? grouper, JinjaList list) : JinjaList([grouper, list], ListKind.Tuple)
{
    public object? Find(string name) => name switch
    {
        "grouper" => grouper,
        "list" => list,
        _ => Undefined.Member(this, name),
    };
}
