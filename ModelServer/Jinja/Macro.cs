namespace ModelServer.Jinja;

/// <param name="Default">Null where it has none: what is not given is undefined.</param>
internal sealed record Parameter(string Name, Expression? Default);

/// <summary>A piece of a template with a name. It sees the names at its definition.</summary>
internal sealed class Macro(string name, IReadOnlyList<Parameter> parameters, Block body, Frame home) : Callable
{
    public object? Find(string member) => member switch
    {
        "name" => new JinjaText(name),
        "arguments" => JinjaList.Tuple([.. parameters.Select(p => new JinjaText(p.Name))]),
        _ => null,
    };

    public override object? Call(Frame frame, Arguments arguments)
    {
        var inner = new Frame(home);
        for (var i = 0; i < parameters.Count; i++)
        {
            var (parameter, standard) = parameters[i];
            var isGiven = i < arguments.Positional.Count || arguments.Named.ContainsKey(parameter);
            inner[parameter] = isGiven ? arguments.Get(i, parameter) : standard is null ? new Undefined($"parameter '{parameter}' was not provided") : standard.Evaluate(inner);
        }

        inner["varargs"] = new JinjaList([.. arguments.Positional.Skip(parameters.Count)], ListKind.Tuple);
        var others = new JinjaDict();
        foreach (var (key, value) in arguments.Named)
            if (key != "caller" && parameters.All(p => p.Name != key)) others.Set(key, value);
        inner["kwargs"] = others;
        if (parameters.All(p => p.Name != "caller")) inner["caller"] = arguments.Named.TryGetValue("caller", out var caller) ? caller : new Undefined("No caller defined");
        return body.Render(inner);
    }
}
