namespace ModelServer.Jinja;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

/// <summary>A statement of a template, read once and carried out for each rendering.</summary>
internal abstract class Statement
{
    public abstract Flow Execute(Frame frame, JinjaTextBuilder output);
}

internal sealed class Text(string text) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        output.Append(text);
        frame.Budget.CheckLength(output.Length);
        return Flow.Next;
    }
}

internal sealed class Output(Expression value) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        output.Append(PythonText.Str(value.Evaluate(frame)));
        frame.Budget.CheckLength(output.Length);
        return Flow.Next;
    }
}

internal sealed class Block(IReadOnlyList<Statement> statements) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        foreach (var statement in statements)
        {
            frame.Budget.Step();
            if (statement.Execute(frame, output) is var flow && flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }

    /// <summary>The text that it makes, in a scope of its own.</summary>
    public JinjaText Render(Frame frame)
    {
        var text = new JinjaTextBuilder();
        frame.Budget.Enter();
        Execute(frame, text);
        frame.Budget.Leave();
        frame.Budget.Spend(text.Length);
        return text.ToText();
    }
}

internal sealed class If(IReadOnlyList<(Expression Condition, Block Body)> branches, Block? otherwise) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        foreach (var (condition, body) in branches)
            if (PythonValues.IsTrue(condition.Evaluate(frame))) return body.Execute(frame, output);
        return otherwise?.Execute(frame, output) ?? Flow.Next;
    }
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed class Jump(Flow flow) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output) => flow;
}

/// <summary>Something with a scope of its own: <c>with</c>, <c>block</c>, <c>generation</c>.</summary>
internal sealed class Scope(IReadOnlyList<(Target Target, Expression Value)> settings, Block body) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        var inner = new Frame(frame);
        // All values are those outside.
        foreach (var (target, value) in settings.Select(s => (s.Target, s.Value.Evaluate(frame))).ToArray()) target.Set(inner, value);
        return body.Execute(inner, output);
    }
}

internal sealed class Set(Target target, Expression value) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        target.Set(frame, value.Evaluate(frame));
        return Flow.Next;
    }
}

/// <summary><c>{% set a %}…{% endset %}</c> and, without a target, <c>{% filter … %}…{% endfilter %}</c>: what the block makes goes through filters.</summary>
internal sealed class Captured(Target? target, Block body, Func<Expression, Expression> filters) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        var value = filters(new Constant(body.Render(new(frame)))).Evaluate(frame);
        if (target is not null) target.Set(frame, value);
        else output.Append(PythonText.Str(value));
        return Flow.Next;
    }
}

internal sealed class CallBlock(Call call, IReadOnlyList<Parameter> parameters, Block body) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        output.Append(PythonText.Str(call.Invoke(frame, new Macro("caller", parameters, body, frame))));
        return Flow.Next;
    }
}

internal sealed class MacroDefinition(string name, IReadOnlyList<Parameter> parameters, Block body) : Statement
{
    public override Flow Execute(Frame frame, JinjaTextBuilder output)
    {
        frame[name] = new Macro(name, parameters, body, frame);
        return Flow.Next;
    }
}

/// <summary>What is assigned to: a name, a member of a namespace, or several of them.</summary>
internal abstract class Target
{
    public abstract void Set(Frame frame, object? value);
}

internal sealed class NameTarget(string name) : Target
{
    public override void Set(Frame frame, object? value) => frame[name] = value;
}

internal sealed class MemberTarget(string name, string member) : Target
{
    public override void Set(Frame frame, object? value)
        => (frame[name] as JinjaNamespace ?? throw new JinjaException("cannot assign attribute on non-namespace object")).Members[member] = value;
}

internal sealed class TupleTarget(IReadOnlyList<Target> targets) : Target
{
    public override void Set(Frame frame, object? value)
    {
        var values = PythonValues.Iterate(PythonValues.Defined(value));
        if (values.Count != targets.Count)
            throw new JinjaException(values.Count > targets.Count ? $"too many values to unpack (expected {targets.Count})" : $"not enough values to unpack (expected {targets.Count}, got {values.Count})");
        for (var i = 0; i < targets.Count; i++) targets[i].Set(frame, values[i]);
    }
}
