namespace ModelServer.Jinja;

/// <summary>The names that are known at one place of a template, and what its rendering has cost.</summary>
internal sealed class Frame
{
    private readonly Frame? _outer;
    private readonly Dictionary<string, object?> _names;

    public Frame(RenderBudget budget, TimeProvider time, IReadOnlyDictionary<string, object?> names)
    {
        Budget = budget;
        Time = time;
        _names = new(names, StringComparer.Ordinal);
    }

    /// <summary>A scope within another: what is set here is forgotten with it.</summary>
    public Frame(Frame outer)
    {
        _outer = outer;
        _names = new(StringComparer.Ordinal);
        Budget = outer.Budget;
        Time = outer.Time;
    }

    public RenderBudget Budget { get; }

    public TimeProvider Time { get; }

    public object? this[string name]
    {
        get
        {
            for (var frame = this; frame is not null; frame = frame._outer)
                if (frame._names.TryGetValue(name, out var value)) return value;
            return Undefined.Name(name);
        }

        set => _names[name] = value;
    }
}
