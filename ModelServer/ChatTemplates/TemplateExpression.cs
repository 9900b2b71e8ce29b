using System.Runtime.CompilerServices;

namespace ModelServer.ChatTemplates;

/// <summary>Evaluates one expression of a <see cref="TemplateText"/> while it reads it: a part that decides nothing is evaluated too, and refused if it is not known.
/// A value is a string, a truth value, a message, the messages, the loop, null (<c>none</c>) or <see cref="Undefined"/>.</summary>
internal sealed class TemplateExpression
{
    private static readonly object Undefined = new();
    private readonly Dictionary<string, object?> _scope;
    private readonly TemplateTokens _tokens;

    private TemplateExpression(string code, Dictionary<string, object?> scope)
    {
        _scope = scope;
        _tokens = new(code);
    }

    /// <exception cref="UnknownTemplateException">It is not known what it means.</exception>
    public static object? Value(string code, Dictionary<string, object?> scope) => new TemplateExpression(code, scope).Whole();

    /// <inheritdoc cref="Value"/>
    public static bool IsTrue(string code, Dictionary<string, object?> scope)
    {
        var expression = new TemplateExpression(code, scope);
        return expression.Truth(expression.Whole());
    }

    /// <inheritdoc cref="Value"/>
    public static string Text(string code, Dictionary<string, object?> scope)
    {
        var expression = new TemplateExpression(code, scope);
        return expression.Whole() as string ?? throw expression._tokens.Unknown();
    }

    private object? Whole()
    {
        var value = Choice();
        return _tokens.Ahead.Length == 0 ? value : throw _tokens.Unknown();
    }

    /// <summary><c>a if condition else b</c>.</summary>
    private object? Choice()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw _tokens.Unknown();
        var value = Or();
        if (!_tokens.Take("if")) return value;
        var isFirst = Truth(Or());
        var other = _tokens.Take("else") ? Choice() : throw _tokens.Unknown();
        return isFirst ? value : other;
    }

    private object? Or()
    {
        var value = And();
        while (_tokens.Take("or")) value = And() is var right && Truth(value) ? value : right;
        return value;
    }

    private object? And()
    {
        var value = Not();
        while (_tokens.Take("and")) value = Not() is var right && Truth(value) ? right : value;
        return value;
    }

    private object? Not()
    {
        var (isNegated, isInverted) = (false, false);
        for (; _tokens.Take("not"); isNegated = true) isInverted = !isInverted;
        var value = Comparison();
        return isNegated ? Truth(value) != isInverted : value;
    }

    private object? Comparison()
    {
        var left = Sum();
        if (_tokens.Ahead is not ("==" or "!=")) return left;
        var isEqual = _tokens.Next() == "==";
        return (left, Sum()) switch
        {
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal) == isEqual,
            (bool a, bool b) => (a == b) == isEqual,
            _ => throw _tokens.Unknown(),
        };
    }

    private object? Sum()
    {
        var value = Test();
        while (_tokens.Take("+") || _tokens.Take("~")) value = value is string left && Test() is string right ? left + right : throw _tokens.Unknown();
        return value;
    }

    private object? Test()
    {
        var value = Member();
        if (!_tokens.Take("is")) return value;
        var isWanted = !_tokens.Take("not");
        return isWanted == _tokens.Next() switch
        {
            "defined" => value != Undefined,
            "none" => value is null,
            "string" => value is string,
            _ => throw _tokens.Unknown(),
        };
    }

    private object? Member()
    {
        var value = Primary();
        while (_tokens.Ahead is "." or "[")
        {
            var isDot = _tokens.Next() == ".";
            var key = _tokens.Next();
            if (!isDot && !_tokens.Take("]")) throw _tokens.Unknown();
            value = (value, isDot ? $"'{key}'" : key.Replace('"', '\'')) switch
            {
                (ChatTurn[] turns, "0") => turns[0],
                (ChatTurn turn, "'role'") => turn.Role,
                (ChatTurn turn, "'content'") => turn.Text,
                (ChatTurn, "'tool_calls'") => Undefined,
                (TemplateLoop loop, "'first'") => loop.First,
                (TemplateLoop loop, "'last'") => loop.Last,
                _ => throw _tokens.Unknown(),
            };
        }

        return value;
    }

    private object? Primary()
    {
        var token = _tokens.Next();
        switch (token)
        {
            case "(":
                var value = Choice();
                return _tokens.Take(")") ? value : throw _tokens.Unknown();
            case "true" or "True": return true;
            case "false" or "False": return false;
            case "none" or "None": return null;
            case ['\'' or '"', ..]: return _tokens.Unquote(token);
        }

        if (_scope.TryGetValue(token, out var known)) return known;
        // Settings that a request may make elsewhere are asked for by name; none is made here.
        return _tokens.Ahead == "is" && (char.IsLetter(token, 0) || token[0] == '_') ? Undefined : throw _tokens.Unknown();
    }

    private bool Truth(object? value) => value switch
    {
        string text => text.Length > 0,
        bool truth => truth,
        ChatTurn[] turns => turns.Length > 0,
        _ => value is null || value == Undefined ? false : throw _tokens.Unknown(),
    };
}
