namespace ModelServer.Jinja;

/// <param name="condition">Which items are gone through at all, or null.</param>
/// <param name="isRecursive">Whether <c>loop(items)</c> goes through other items in the same way.</param>
internal sealed class For(Target target, Expression items, Expression? condition, Block body, Block? otherwise, bool isRecursive) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        Run(frame, items.Evaluate(frame), output, depth: 0);
        return Flow.Next;
    }

    private void Run(Frame frame, object? value, JinjaTextBuilder output, int depth)
    {
        var chosen = Chosen(frame, PythonValues.Iterate(value));
        if (chosen.Count == 0)
        {
            otherwise?.Execute(new(frame), output);
            return;
        }

        frame.Budget.Enter();
        var loop = new LoopState(chosen, depth, isRecursive ? (inner, again) => Nested(inner, again, depth + 1) : null);
        for (; loop.Index < chosen.Count; loop.Index++)
        {
            frame.Budget.Step();
            var round = new Frame(frame) { ["loop"] = loop };
            target.Set(round, chosen[loop.Index]);
            if (body.Execute(round, output) == Flow.Break) break;
        }

        frame.Budget.Leave();
    }

    private JinjaText Nested(Frame frame, object? value, int depth)
    {
        var text = new JinjaTextBuilder();
        Run(frame, value, text, depth);
        return text.ToText();
    }

    private IReadOnlyList<object?> Chosen(Frame frame, IReadOnlyList<object?> all)
    {
        if (condition is null) return all;
        var chosen = new List<object?>();
        foreach (var item in all)
        {
            var round = new Frame(frame);
            target.Set(round, item);
            if (PythonValues.IsTrue(condition.Evaluate(round))) chosen.Add(item);
        }

        return chosen;
    }
}

/// <summary><c>loop</c>: where a loop is.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items, int depth, Func<Frame, object?, JinjaText>? again) : Callable
{
    private object? _seen = new();

    public int Index { get; set; }

    public object? Find(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)items.Count - Index,
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => depth + 1L,
        "depth0" => (long)depth,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("there is no previous item"),
        "nextitem" => Index < items.Count - 1 ? items[Index + 1] : new Undefined("there is no next item"),
        "cycle" => new Function((_, arguments) => arguments.Positional.Count == 0 ? throw new JinjaException("no items for cycling given") : arguments.Positional[Index % arguments.Positional.Count]),
        "changed" => new Function((_, arguments) => HasChanged(new JinjaList(arguments.Positional, ListKind.Tuple))),
        _ => null,
    };

    public override object? Call(Frame frame, Arguments arguments)
        => again is null ? throw new JinjaException("The loop must have the 'recursive' marker to be called recursively.") : again(frame, arguments.Required(0, "iterable"));

    private bool HasChanged(JinjaList values)
    {
        if (PythonValues.AreEqual(values, _seen)) return false;
        _seen = values;
        return true;
    }
}
