namespace ModelServer.Jinja;

/// <summary>Python's arithmetic.</summary>
internal static class Operators
{
    public static object? Add(RenderBudget budget, object? a, object? b)
    {
        switch (PythonValues.Defined(a), PythonValues.Defined(b))
        {
            case (JinjaText x, JinjaText y): return Join(budget, x, y);
            case (JinjaList { Kind: not ListKind.Generator } x, JinjaList y) when x.Kind == y.Kind:
                budget.Spend((x.Items.Count + y.Items.Count) * RenderBudget.CharactersPerItem);
                return new JinjaList([.. x.Items, .. y.Items], x.Kind);
            case (bool or long, bool or long): return checked(PythonValues.ToLong(a) + PythonValues.ToLong(b));
            case (bool or long or double, bool or long or double): return PythonValues.ToDouble(a) + PythonValues.ToDouble(b);
            case (JinjaText, _): throw new JinjaException($"can only concatenate str (not \"{PythonText.TypeName(b)}\") to str");
            default: throw Unsupported("+", a, b);
        }
    }

    public static JinjaText Join(RenderBudget budget, JinjaText a, JinjaText b)
    {
        if (a.Value.Length == 0) return b;
        if (b.Value.Length == 0) return a;
        budget.Spend(a.Value.Length + b.Value.Length);
        return new JinjaTextBuilder().Append(a).Append(b).ToText();
    }

    public static object? Subtract(object? a, object? b) => Numbers("-", a, b, (x, y) => checked(x - y), (x, y) => x - y);

    public static object? Multiply(RenderBudget budget, object? a, object? b) => (PythonValues.Defined(a), PythonValues.Defined(b)) switch
    {
        (JinjaText or JinjaList, bool or long) => Repeat(budget, a!, PythonValues.ToLong(b)),
        (bool or long, JinjaText or JinjaList) => Repeat(budget, b!, PythonValues.ToLong(a)),
        _ => Numbers("*", a, b, (x, y) => checked(x * y), (x, y) => x * y),
    };

    public static object? Divide(object? a, object? b)
    {
        CheckNumbers("/", a, b);
        return PythonValues.ToDouble(b) == 0 ? throw new JinjaException("division by zero") : PythonValues.ToDouble(a) / PythonValues.ToDouble(b);
    }

    public static object? FloorDivide(object? a, object? b) => Numbers("//", a, b, (x, y) => x / y - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0), (x, y) => Math.Floor(x / y), divides: true);

    public static object? Modulo(RenderBudget budget, object? a, object? b) => PythonValues.Defined(a) is JinjaText format
        ? PercentFormat.Apply(budget, format, b)
        : Numbers("%", a, b, (x, y) => x % y is var rest && rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest, (x, y) => x - Math.Floor(x / y) * y, divides: true);

    public static object? Power(object? a, object? b)
    {
        CheckNumbers("**", a, b);
        if (a is double || b is double || PythonValues.ToLong(b) < 0) return Math.Pow(PythonValues.ToDouble(a), PythonValues.ToDouble(b));
        var (result, factor) = (1L, PythonValues.ToLong(a));
        for (var power = PythonValues.ToLong(b); power > 0; power >>= 1)
        {
            if ((power & 1) == 1) result = checked(result * factor);
            if (power > 1) factor = checked(factor * factor);
        }

        return result;
    }

    public static object? Negate(object? value) => PythonValues.Defined(value) switch
    {
        bool or long => (object)checked(-PythonValues.ToLong(value)),
        double number => -number,
        _ => throw new JinjaException($"bad operand type for unary -: '{PythonText.TypeName(value)}'"),
    };

    public static object? Plus(object? value) => PythonValues.Defined(value) switch
    {
        bool or long => (object)PythonValues.ToLong(value),
        double number => number,
        _ => throw new JinjaException($"bad operand type for unary +: '{PythonText.TypeName(value)}'"),
    };

    private static object Repeat(RenderBudget budget, object what, long times)
    {
        times = Math.Max(0, times);
        if (what is JinjaText text)
        {
            budget.Spend(text.Value.Length, times);
            var repeated = new JinjaTextBuilder();
            for (var i = 0L; i < times && text.Value.Length > 0; i++) repeated.Append(text);
            return repeated.ToText();
        }

        var list = (JinjaList)what;
        budget.Spend(list.Items.Count * RenderBudget.CharactersPerItem, times);
        var items = new List<object?>();
        for (var i = 0L; i < times && list.Items.Count > 0; i++) items.AddRange(list.Items);
        return new JinjaList(items, list.Kind);
    }

    private static object Numbers(string sign, object? a, object? b, Func<long, long, long> whole, Func<double, double, double> real, bool divides = false)
    {
        CheckNumbers(sign, a, b);
        if (divides && PythonValues.ToDouble(b) == 0) throw new JinjaException("division by zero");
        return a is double || b is double ? real(PythonValues.ToDouble(a), PythonValues.ToDouble(b)) : (object)whole(PythonValues.ToLong(a), PythonValues.ToLong(b));
    }

    private static void CheckNumbers(string sign, object? a, object? b)
    {
        if (PythonValues.Defined(a) is not (bool or long or double) || PythonValues.Defined(b) is not (bool or long or double)) throw Unsupported(sign, a, b);
    }

    private static JinjaException Unsupported(string sign, object? a, object? b) => new($"unsupported operand type(s) for {sign}: '{PythonText.TypeName(a)}' and '{PythonText.TypeName(b)}'");
}
