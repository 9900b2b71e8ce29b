namespace ModelServer.Jinja;

/// <summary>An expression of a template, read once and evaluated for each rendering.</summary>
internal abstract class Expression
{
    public object? Evaluate(Frame frame)
    {
        frame.Budget.Step();
        return EvaluateCore(frame);
    }

    protected abstract object? EvaluateCore(Frame frame);
}

internal sealed class Constant(object? value) : Expression
{
    protected override object? EvaluateCore(Frame frame) => value;
}

internal sealed class Name(string name) : Expression
{
    protected override object? EvaluateCore(Frame frame) => frame[name];
}

internal sealed class ListLiteral(IReadOnlyList<Expression> items, ListKind kind) : Expression
{
    protected override object? EvaluateCore(Frame frame) => new JinjaList([.. items.Select(i => i.Evaluate(frame))], kind);
}

internal sealed class DictLiteral(IReadOnlyList<(Expression Key, Expression Value)> items) : Expression
{
    protected override object? EvaluateCore(Frame frame)
    {
        var dict = new JinjaDict();
        foreach (var (key, value) in items) dict.Set(key.Evaluate(frame), value.Evaluate(frame));
        return dict;
    }
}

/// <summary><c>a if condition else b</c>; without an else it is undefined otherwise.</summary>
internal sealed class Conditional(Expression condition, Expression value, Expression? otherwise) : Expression
{
    protected override object? EvaluateCore(Frame frame) => PythonValues.IsTrue(condition.Evaluate(frame))
        ? value.Evaluate(frame)
        : otherwise is null ? new Undefined("the inline if-expression evaluated to false and no else section was defined.") : otherwise.Evaluate(frame);
}

internal sealed class Or(Expression left, Expression right) : Expression
{
    protected override object? EvaluateCore(Frame frame) => left.Evaluate(frame) is var value && PythonValues.IsTrue(value) ? value : right.Evaluate(frame);
}

internal sealed class And(Expression left, Expression right) : Expression
{
    protected override object? EvaluateCore(Frame frame) => left.Evaluate(frame) is var value && PythonValues.IsTrue(value) ? right.Evaluate(frame) : value;
}

internal sealed class Not(Expression operand) : Expression
{
    protected override object? EvaluateCore(Frame frame) => !PythonValues.IsTrue(operand.Evaluate(frame));
}

/// <summary><c>a &lt; b &lt;= c</c>: each is compared with the next until one is not so.</summary>
internal sealed class Comparison(Expression first, IReadOnlyList<(string Operator, Expression Operand)> rest) : Expression
{
    protected override object? EvaluateCore(Frame frame)
    {
        var left = first.Evaluate(frame);
        foreach (var (sign, operand) in rest)
        {
            var right = operand.Evaluate(frame);
            frame.Budget.Scan(left);
            frame.Budget.Scan(right);
            if (!Holds(sign, left, right)) return false;
            left = right;
        }

        return true;
    }

    public static bool Holds(string sign, object? left, object? right) => sign switch
    {
        "==" => PythonValues.AreEqual(left, right),
        "!=" => !PythonValues.AreEqual(left, right),
        "<" => PythonValues.Compare(left, right) < 0,
        "<=" => PythonValues.Compare(left, right) <= 0,
        ">" => PythonValues.Compare(left, right) > 0,
        ">=" => PythonValues.Compare(left, right) >= 0,
        "in" => PythonValues.Contains(right, left),
        _ => !PythonValues.Contains(right, left),
    };
}

internal sealed class Binary(string sign, Expression left, Expression right) : Expression
{
    protected override object? EvaluateCore(Frame frame)
    {
        var (a, b) = (left.Evaluate(frame), right.Evaluate(frame));
        return sign switch
        {
            "+" => Operators.Add(frame.Budget, a, b),
            "-" => Operators.Subtract(a, b),
            "*" => Operators.Multiply(frame.Budget, a, b),
            "/" => Operators.Divide(a, b),
            "//" => Operators.FloorDivide(a, b),
            "%" => Operators.Modulo(frame.Budget, a, b),
            "**" => Operators.Power(a, b),
            _ => Operators.Join(frame.Budget, PythonText.Str(a), PythonText.Str(b)),
        };
    }
}

internal sealed class Signed(char sign, Expression operand) : Expression
{
    protected override object? EvaluateCore(Frame frame) => sign == '-' ? Operators.Negate(operand.Evaluate(frame)) : Operators.Plus(operand.Evaluate(frame));
}

internal sealed class Attribute(Expression owner, string name) : Expression
{
    protected override object? EvaluateCore(Frame frame) => PythonValues.Attribute(owner.Evaluate(frame), name);
}

internal sealed class Item(Expression owner, Expression key) : Expression
{
    protected override object? EvaluateCore(Frame frame)
    {
        var value = owner.Evaluate(frame);
        var place = key.Evaluate(frame);
        frame.Budget.Scan(value);
        frame.Budget.Scan(place);
        return PythonValues.Item(value, place);
    }
}

internal sealed class Slice(Expression owner, Expression? start, Expression? stop, Expression? step) : Expression
{
    protected override object? EvaluateCore(Frame frame)
    {
        var value = PythonValues.Defined(owner.Evaluate(frame));
        frame.Budget.Scan(value);
        var bounds = new[] { start?.Evaluate(frame), stop?.Evaluate(frame), step?.Evaluate(frame) };
        // As Jinja has it for members that are not there: what cannot be cut is undefined, and no error yet.
        if (value is not (JinjaText or JinjaList { Kind: not ListKind.Generator }) || bounds.Any(b => b is not (null or long or bool)) || bounds[2] is 0L or false)
            return new Undefined($"'{PythonText.TypeName(value)} object' has no such slice");
        var slice = PythonValues.Slice(value, Bound(bounds[0]), Bound(bounds[1]), Bound(bounds[2]));
        if (slice is JinjaList list) frame.Budget.Spend(list.Items.Count);
        return slice;

        static long? Bound(object? bound) => bound is null ? null : PythonValues.ToLong(bound);
    }
}

/// <summary>What a call, a filter or a test is given.</summary>
/// <param name="Spread"><c>*list</c>, behind the others.</param>
/// <param name="NamedSpread"><c>**dict</c>.</param>
internal sealed record ArgumentList(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Spread = null, Expression? NamedSpread = null)
{
    public static readonly ArgumentList None = new([], []);

    public Arguments Evaluate(Frame frame, params ReadOnlySpan<object?> before)
    {
        if (before.Length == 0 && Positional.Count == 0 && Named.Count == 0 && Spread is null && NamedSpread is null) return Arguments.None;
        List<object?> positional = [.. before];
        foreach (var argument in Positional) positional.Add(argument.Evaluate(frame));
        if (Spread is not null) positional.AddRange(PythonValues.Iterate(Spread.Evaluate(frame)));
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in Named) named[name] = value.Evaluate(frame);
        if (NamedSpread is not null)
        {
            var spread = PythonValues.Defined(NamedSpread.Evaluate(frame)) as JinjaDict ?? throw new JinjaException("argument after ** must be a mapping");
            foreach (var (key, value) in spread.Items) named[PythonValues.ToText(key).Value] = value;
        }

        return new(positional, named);
    }
}

internal sealed class Call(Expression callee, ArgumentList arguments) : Expression
{
    protected override object? EvaluateCore(Frame frame) => Invoke(frame, caller: null);

    /// <param name="caller">What a <c>call</c> block hands to a macro as <c>caller</c>.</param>
    public object? Invoke(Frame frame, Callable? caller)
    {
        var target = PythonValues.Defined(callee.Evaluate(frame));
        if (target is not Callable callable) throw new JinjaException($"'{PythonText.TypeName(target)}' object is not callable");
        var given = arguments.Evaluate(frame);
        if (caller is not null) given = given with { Named = new Dictionary<string, object?>(given.Named) { ["caller"] = caller } };
        frame.Budget.Enter();
        var value = callable.Call(frame, given);
        frame.Budget.Leave();
        return value;
    }
}

internal sealed class FilterCall(Filter filter, Expression operand, ArgumentList arguments) : Expression
{
    protected override object? EvaluateCore(Frame frame)
    {
        var value = operand.Evaluate(frame);
        frame.Budget.Scan(value);
        return filter(frame, value, arguments.Evaluate(frame));
    }
}

internal sealed class TestCall(Test test, Expression operand, ArgumentList arguments, bool isNegated) : Expression
{
    protected override object? EvaluateCore(Frame frame)
    {
        var value = operand.Evaluate(frame);
        frame.Budget.Scan(value);
        return test(frame, value, arguments.Evaluate(frame)) != isNegated;
    }
}

internal delegate object? Filter(Frame frame, object? value, Arguments arguments);

internal delegate bool Test(Frame frame, object? value, Arguments arguments);
