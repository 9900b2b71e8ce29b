namespace ModelServer.Jinja;

/// <summary>A name or a member that is not there. It prints as nothing and is false; whatever else is done with it fails, and then says what was missing.</summary>
internal sealed class Undefined(string what)
{
    public JinjaException Fault() => new(what);

    public static Undefined Name(string name) => new($"'{name}' is undefined");

    public static Undefined Member(object? owner, string member) => new($"'{PythonText.TypeName(owner)} object' has no attribute '{member}'");
}

internal enum ListKind
{
    List,
    Tuple,

    /// <summary>What Python makes one by one: true even when empty, and without a length.</summary>
    Generator,
}

/// <summary>A list, a tuple, or what a filter goes through. Templates cannot change one.</summary>
internal class JinjaList(IReadOnlyList<object?> items, ListKind kind = ListKind.List)
{
    public IReadOnlyList<object?> Items => items;

    public ListKind Kind => kind;

    public static JinjaList Tuple(params object?[] items) => new(items, ListKind.Tuple);
}

/// <summary>A dictionary, in the order of insertion.</summary>
internal sealed class JinjaDict
{
    private readonly Dictionary<object, int> _index = new(KeyComparer.Instance);
    private readonly List<KeyValuePair<object?, object?>> _items = [];

    public IReadOnlyList<KeyValuePair<object?, object?>> Items => _items;

    public bool TryGet(object? key, out object? value)
    {
        var isThere = _index.TryGetValue(Hashable(key), out var place);
        value = isThere ? _items[place].Value : null;
        return isThere;
    }

    public bool TryGet(string key, out object? value) => TryGet(new JinjaText(key), out value);

    public void Set(object? key, object? value)
    {
        if (_index.TryAdd(Hashable(key), _items.Count)) _items.Add(new(key, value));
        else _items[_index[Hashable(key)]] = new(_items[_index[Hashable(key)]].Key, value);
    }

    public void Set(string key, object? value) => Set(new JinjaText(key), value);

    private static object Hashable(object? key) => key switch
    {
        JinjaList { Kind: ListKind.List } or JinjaDict => throw new JinjaException($"unhashable type: '{PythonText.TypeName(key)}'"),
        null => DBNull.Value,
        _ => key,
    };

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? a, object? b) => PythonValues.AreEqual(a, b);

        // Numbers that are equal hash equally, whatever their type.
        public int GetHashCode(object value) => value switch
        {
            JinjaText text => text.Value.GetHashCode(StringComparison.Ordinal),
            bool or long or double => Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture).GetHashCode(),
            JinjaList list => list.Items.Count,
            _ => value.GetHashCode(),
        };
    }
}

/// <summary>What <c>namespace()</c> makes: the one thing whose members a template can set.</summary>
internal sealed class JinjaNamespace
{
    public Dictionary<string, object?> Members { get; } = new(StringComparer.Ordinal);
}

/// <summary>What a call was given.</summary>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static readonly Arguments None = new([], new Dictionary<string, object?>());

    /// <summary>The argument at a place or of a name; <paramref name="otherwise"/> where neither was given.</summary>
    public object? Get(int place, string name, object? otherwise = null)
        => place < Positional.Count ? Positional[place] : Named.TryGetValue(name, out var value) ? value : otherwise;

    public object? Required(int place, string name)
        => place < Positional.Count || Named.ContainsKey(name) ? Get(place, name) : throw new JinjaException($"missing a required argument: '{name}'");

    public Arguments From(int place) => this with { Positional = [.. Positional.Skip(place)] };
}

/// <summary>Something that can be called.</summary>
internal abstract class Callable
{
    public abstract object? Call(Frame frame, Arguments arguments);
}

internal sealed class Function(Func<Frame, Arguments, object?> body) : Callable
{
    public override object? Call(Frame frame, Arguments arguments) => body(frame, arguments);
}
