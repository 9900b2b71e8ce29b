namespace ModelServer.Jinja;

/// <summary>Reads a template's statements.</summary>
internal sealed class StatementParser
{
    private const int MaxDepth = 100;
    private readonly Tokens _tokens;
    private readonly ExpressionParser _expressions;
    private int _depth;
    private int _loops;

    private StatementParser(IReadOnlyList<Token> tokens)
    {
        _tokens = new(tokens);
        _expressions = new(_tokens);
    }

    /// <exception cref="JinjaSyntaxException"/>
    /// <returns>What it does, and the names that it reads.</returns>
    public static (Block Block, IReadOnlySet<string> Names) Parse(string template)
    {
        var parser = new StatementParser(Lexer.Tokenize(template));
        var block = parser.Statements();
        return parser._tokens.Ahead.Kind == TokenKind.End ? (block, parser._expressions.Names) : throw parser._tokens.Fault($"Encountered unknown tag '{parser._tokens.Second.Value}'.");
    }

    /// <summary>Statements up to a block that begins with one of the names, which is not taken; without names up to the end.</summary>
    private Block Statements(params string[] ends)
    {
        if (++_depth > MaxDepth) throw _tokens.Fault("statements are nested too deep");
        var statements = new List<Statement>();
        while (_tokens.Ahead.Kind != TokenKind.End)
        {
            if (_tokens.Ahead.Kind == TokenKind.BlockBegin && _tokens.Second.Kind == TokenKind.Name && ends.Contains(_tokens.Second.Value)) break;
            statements.Add(Next());
        }

        if (ends.Length > 0 && _tokens.Ahead.Kind == TokenKind.End) throw _tokens.Fault($"Unexpected end of template. Jinja was looking for the following tags: {string.Join(" or ", ends.Select(e => $"'{e}'"))}.");
        _depth--;
        return new(statements);
    }

    private Statement Next()
    {
        var token = _tokens.Take();
        switch (token.Kind)
        {
            case TokenKind.Text: return new Text(token.Value);
            case TokenKind.OutputBegin:
                var output = new Output(_expressions.ParseTuple());
                _tokens.Expect(TokenKind.OutputEnd);
                return output;
            default:
                var name = _tokens.ExpectName();
                return name switch
                {
                    "if" => If(),
                    "for" => For(),
                    "set" => Set(),
                    "macro" => Macro(),
                    "call" => CallBlock(),
                    "filter" => FilterBlock(),
                    "with" => With(),
                    "generation" or "autoescape" or "block" => Named(name),
                    "break" or "continue" => Jump(name),
                    _ => throw _tokens.Fault($"Encountered unknown tag '{name}'."),
                };
        }
    }

    private If If()
    {
        var branches = new List<(Expression, Block)>();
        var condition = _expressions.ParseTuple(withConditions: false);
        while (true)
        {
            EndBlock();
            branches.Add((condition, Statements("elif", "else", "endif")));
            _tokens.Take();
            switch (_tokens.Take().Value)
            {
                case "elif":
                    condition = _expressions.ParseTuple(withConditions: false);
                    continue;
                case "else":
                    EndBlock();
                    var otherwise = Statements("endif");
                    End();
                    return new(branches, otherwise);
                default:
                    EndBlock();
                    return new(branches, null);
            }
        }
    }

    private For For()
    {
        var target = Target(allowsMembers: false);
        if (!_tokens.TryName("in")) throw _tokens.Unexpected("'in'");
        var items = _expressions.ParseTuple(withConditions: false);
        var condition = _tokens.TryName("if") ? _expressions.Parse() : null;
        var isRecursive = _tokens.TryName("recursive");
        EndBlock();
        _loops++;
        var body = Statements("else", "endfor");
        _loops--;
        _tokens.Take();
        Block? otherwise = null;
        if (_tokens.Take().Value == "else")
        {
            EndBlock();
            otherwise = Statements("endfor");
            End();
        }
        else
        {
            EndBlock();
        }

        return new(target, items, condition, body, otherwise, isRecursive);
    }

    private Statement Set()
    {
        var target = Target(allowsMembers: true);
        if (_tokens.TryOperator("="))
        {
            var value = _expressions.ParseTuple();
            EndBlock();
            return new Set(target, value);
        }

        var filters = _expressions.ParseFilters(startsWithName: false);
        EndBlock();
        var body = Statements("endset");
        End();
        return new Captured(target, body, filters);
    }

    private MacroDefinition Macro()
    {
        var name = _tokens.ExpectName();
        var parameters = Parameters();
        EndBlock();
        return new(name, parameters, Body("endmacro"));
    }

    private CallBlock CallBlock()
    {
        var parameters = _tokens.SeesOperator("(") ? Parameters() : [];
        var call = _expressions.Parse() as Call ?? throw _tokens.Fault("expected call");
        EndBlock();
        return new(call, parameters, Body("endcall"));
    }

    private Captured FilterBlock()
    {
        var filters = _expressions.ParseFilters(startsWithName: true);
        EndBlock();
        var body = Statements("endfilter");
        End();
        return new(null, body, filters);
    }

    private Scope With()
    {
        var settings = new List<(Target, Expression)>();
        while (_tokens.Ahead.Kind != TokenKind.BlockEnd)
        {
            var name = new NameTarget(_tokens.ExpectName());
            _tokens.Expect("=");
            settings.Add((name, _expressions.Parse()));
            if (!_tokens.TryOperator(",")) break;
        }

        EndBlock();
        var body = Statements("endwith");
        End();
        return new(settings, body);
    }

    /// <summary>Blocks that make no difference to a text: which part the model has written, escaping (there is none), a template's parts (there is but one).</summary>
    private Scope Named(string name)
    {
        while (_tokens.Ahead.Kind is not (TokenKind.BlockEnd or TokenKind.End)) _tokens.Take();
        EndBlock();
        var body = Statements($"end{name}");
        _tokens.Take();
        _tokens.Take();
        if (_tokens.Ahead.Kind == TokenKind.Name) _tokens.Take();
        EndBlock();
        return new([], body);
    }

    private Jump Jump(string name)
    {
        if (_loops == 0) throw _tokens.Fault($"'{name}' outside of a loop");
        EndBlock();
        return new(name == "break" ? Flow.Break : Flow.Continue);
    }

    /// <summary><c>a</c>, <c>a, b</c> or <c>namespace.member</c>.</summary>
    private Target Target(bool allowsMembers)
    {
        var targets = new List<Target>();
        var isTuple = false;
        do
        {
            if (_tokens.SeesName("in") || _tokens.SeesOperator("=") || _tokens.SeesOperator(")")) break;
            if (_tokens.TryOperator("("))
            {
                targets.Add(Target(allowsMembers: false));
                _tokens.Expect(")");
                continue;
            }

            var name = _tokens.ExpectName();
            targets.Add(allowsMembers && _tokens.TryOperator(".") ? new MemberTarget(name, _tokens.ExpectName()) : new NameTarget(name));
        }
        while (_tokens.TryOperator(",") && (isTuple = true));
        return isTuple || targets.Count != 1 ? new TupleTarget(targets) : targets[0];
    }

    /// <summary>What a macro does; the loops around it are not its own.</summary>
    private Block Body(string end)
    {
        var loops = _loops;
        _loops = 0;
        var body = Statements(end);
        _loops = loops;
        End();
        return body;
    }

    private List<Parameter> Parameters()
    {
        var parameters = new List<Parameter>();
        _tokens.Expect("(");
        while (!_tokens.SeesOperator(")"))
        {
            var name = _tokens.ExpectName();
            parameters.Add(new(name, _tokens.TryOperator("=") ? _expressions.Parse() : null));
            if (!_tokens.TryOperator(",")) break;
        }

        _tokens.Expect(")");
        return parameters;
    }

    /// <summary>Takes the block that ends this one, whose name has been seen.</summary>
    private void End()
    {
        _tokens.Take();
        _tokens.Take();
        EndBlock();
    }

    private void EndBlock() => _tokens.Expect(TokenKind.BlockEnd);
}
