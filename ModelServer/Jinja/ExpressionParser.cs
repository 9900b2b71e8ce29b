using System.Globalization;

namespace ModelServer.Jinja;

/// <summary>Reads expressions, by the precedence of Jinja: choice, or, and, not, comparison, + -, ~, * / // %, **, sign, then what follows a value: members, calls, filters and tests.</summary>
internal sealed class ExpressionParser(Tokens tokens)
{
    private const int MaxDepth = 200;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _depth;

    /// <summary>Those that are read so far.</summary>
    public IReadOnlySet<string> Names => _names;

    public Expression Parse(bool withConditions = true)
    {
        if (++_depth > MaxDepth) throw tokens.Fault("expressions are nested too deep");
        var value = withConditions ? Choice() : Or();
        _depth--;
        return value;
    }

    /// <summary>An expression, or several with commas between them, which are a tuple.</summary>
    public Expression ParseTuple(bool withConditions = true, bool isInBrackets = false)
    {
        var items = new List<Expression>();
        var isTuple = false;
        while (!(tokens.Ahead.Kind is TokenKind.OutputEnd or TokenKind.BlockEnd || tokens.SeesOperator(")")))
        {
            items.Add(Parse(withConditions));
            if (!tokens.TryOperator(",")) break;
            isTuple = true;
        }

        if (!isTuple && items.Count == 1) return items[0];
        return items.Count > 0 || isInBrackets ? new ListLiteral(items, ListKind.Tuple) : throw tokens.Unexpected("an expression");
    }

    public ArgumentList ParseArguments()
    {
        tokens.Expect("(");
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        Expression? spread = null, namedSpread = null;
        while (!tokens.SeesOperator(")"))
        {
            if (tokens.TryOperator("**")) namedSpread = Parse();
            else if (tokens.TryOperator("*")) spread = Parse();
            else if (tokens.Ahead.Kind == TokenKind.Name && tokens.Second.Is(TokenKind.Operator, "="))
            {
                var name = tokens.Take().Value;
                tokens.Take();
                named.Add((name, Parse()));
            }
            else if (named.Count > 0 || spread is not null) throw tokens.Fault("invalid syntax for function call expression");
            else positional.Add(Parse());

            if (!tokens.TryOperator(",")) break;
        }

        tokens.Expect(")");
        return new(positional, named, spread, namedSpread);
    }

    /// <summary><c>| a | b(c)</c> of a filter block: the filters alone, to be put around what it makes.</summary>
    public Func<Expression, Expression> ParseFilters(bool startsWithName)
    {
        Func<Expression, Expression> filters = value => value;
        for (var isFirst = startsWithName; isFirst || tokens.TryOperator("|"); isFirst = false)
        {
            var inner = filters;
            var (filter, arguments) = (FilterNamed(tokens.ExpectDottedName()), tokens.SeesOperator("(") ? ParseArguments() : ArgumentList.None);
            filters = value => new FilterCall(filter, inner(value), arguments);
        }

        return filters;
    }

    private Expression Choice()
    {
        var value = Or();
        while (tokens.TryName("if"))
        {
            var condition = Or();
            value = new Conditional(condition, value, tokens.TryName("else") ? Parse() : null);
        }

        return value;
    }

    private Expression Or()
    {
        var left = And();
        while (tokens.TryName("or")) left = new Or(left, And());
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (tokens.TryName("and")) left = new And(left, Not());
        return left;
    }

    private Expression Not()
    {
        if (!tokens.SeesName("not") || tokens.Second.Is(TokenKind.Name, "in")) return Comparison();
        tokens.Take();
        if (++_depth > MaxDepth) throw tokens.Fault("expressions are nested too deep");
        var not = new Not(Not());
        _depth--;
        return not;
    }

    private Expression Comparison()
    {
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (tokens.Ahead is { Kind: TokenKind.Operator, Value: "==" or "!=" or "<" or "<=" or ">" or ">=" }) rest.Add((tokens.Take().Value, Sum()));
            else if (tokens.TryName("in")) rest.Add(("in", Sum()));
            else if (tokens.SeesName("not") && tokens.Second.Is(TokenKind.Name, "in"))
            {
                tokens.Take();
                tokens.Take();
                rest.Add(("not in", Sum()));
            }
            else return rest.Count == 0 ? first : new Comparison(first, rest);
        }
    }

    private Expression Sum() => LeftToRight(Concatenation, "+", "-");

    private Expression Concatenation() => LeftToRight(Product, "~");

    private Expression Product() => LeftToRight(Power, "*", "/", "//", "%");

    private Expression Power() => LeftToRight(() => Unary(withFilters: true), "**");

    private Expression LeftToRight(Func<Expression> operand, params string[] signs)
    {
        var left = operand();
        while (tokens.Ahead.Kind == TokenKind.Operator && signs.Contains(tokens.Ahead.Value)) left = new Binary(tokens.Take().Value, left, operand());
        return left;
    }

    private Expression Unary(bool withFilters)
    {
        Expression value;
        if (tokens.Ahead is { Kind: TokenKind.Operator, Value: "-" or "+" })
        {
            var sign = tokens.Take().Value[0];
            if (++_depth > MaxDepth) throw tokens.Fault("expressions are nested too deep");
            value = new Signed(sign, Unary(withFilters: false));
            _depth--;
        }
        else
        {
            value = Primary();
        }

        value = Behind(value);
        return withFilters ? FiltersAndTests(value) : value;
    }

    private Expression Primary()
    {
        var token = tokens.Ahead;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Take();
                return token.Value switch
                {
                    "true" or "True" => new Constant(true),
                    "false" or "False" => new Constant(false),
                    "none" or "None" => new Constant(null),
                    _ => Named(token.Value),
                };
            case TokenKind.String:
                var text = "";
                while (tokens.Ahead.Kind == TokenKind.String) text += tokens.Take().Value;
                return new Constant(new JinjaText(text));
            case TokenKind.Integer: return new Constant(Whole(tokens.Take().Value));
            case TokenKind.Float: return new Constant(double.Parse(tokens.Take().Value, CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Value == "(":
                tokens.Take();
                var inner = ParseTuple(isInBrackets: true);
                tokens.Expect(")");
                return inner;
            case TokenKind.Operator when token.Value == "[": return List();
            case TokenKind.Operator when token.Value == "{": return Dict();
            default: throw tokens.Unexpected("an expression");
        }
    }

    private object Whole(string digits)
    {
        try
        {
            return digits.Length > 1 && char.IsLetter(digits[1]) ? Convert.ToInt64(digits[2..], char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, _ => 2 }) : long.Parse(digits, CultureInfo.InvariantCulture);
        }
        catch (OverflowException)
        {
            throw tokens.Fault("an integer beyond 64 bits");
        }
    }

    private ListLiteral List()
    {
        tokens.Take();
        var items = new List<Expression>();
        while (!tokens.SeesOperator("]"))
        {
            items.Add(Parse());
            if (!tokens.TryOperator(",")) break;
        }

        tokens.Expect("]");
        return new(items, ListKind.List);
    }

    private DictLiteral Dict()
    {
        tokens.Take();
        var items = new List<(Expression, Expression)>();
        while (!tokens.SeesOperator("}"))
        {
            var key = Parse();
            tokens.Expect(":");
            items.Add((key, Parse()));
            if (!tokens.TryOperator(",")) break;
        }

        tokens.Expect("}");
        return new(items);
    }

    private Expression Behind(Expression value)
    {
        while (true)
        {
            if (tokens.TryOperator(".")) value = tokens.Ahead.Kind == TokenKind.Integer ? new Item(value, new Constant(Whole(tokens.Take().Value))) : new Attribute(value, tokens.ExpectName());
            else if (tokens.TryOperator("[")) value = Subscript(value);
            else if (tokens.SeesOperator("(")) value = new Call(value, ParseArguments());
            else return value;
        }
    }

    private Expression Subscript(Expression owner)
    {
        var start = tokens.SeesOperator(":") ? null : Parse();
        if (tokens.TryOperator("]")) return new Item(owner, start!);
        tokens.Expect(":");
        var stop = tokens.SeesOperator(":") || tokens.SeesOperator("]") ? null : Parse();
        var step = tokens.TryOperator(":") && !tokens.SeesOperator("]") ? Parse() : null;
        tokens.Expect("]");
        return new Slice(owner, start, stop, step);
    }

    private Expression FiltersAndTests(Expression value)
    {
        while (true)
        {
            if (tokens.TryOperator("|")) value = new FilterCall(FilterNamed(tokens.ExpectDottedName()), value, tokens.SeesOperator("(") ? ParseArguments() : ArgumentList.None);
            else if (tokens.TryName("is")) value = ParseTest(value);
            else if (tokens.SeesOperator("(")) value = new Call(value, ParseArguments());
            else return value;
        }
    }

    private TestCall ParseTest(Expression value)
    {
        var isNegated = tokens.TryName("not");
        var name = tokens.ExpectDottedName();
        var test = Tests.All.GetValueOrDefault(name) ?? throw tokens.Fault($"No test named '{name}'.");
        var arguments = ArgumentList.None;
        if (tokens.SeesOperator("(")) arguments = ParseArguments();
        else if (tokens.Ahead.Kind is TokenKind.Name or TokenKind.String or TokenKind.Integer or TokenKind.Float || tokens.SeesOperator("[") || tokens.SeesOperator("{"))
        {
            if (!tokens.SeesName("else", "or", "and", "is", "if", "in", "not", "recursive")) arguments = new([Behind(Primary())], []);
        }

        return new(test, value, arguments, isNegated);
    }

    private Filter FilterNamed(string name) => Filters.All.GetValueOrDefault(name) ?? throw tokens.Fault($"No filter named '{name}'.");

    private Name Named(string name)
    {
        _names.Add(name);
        return new(name);
    }
}
