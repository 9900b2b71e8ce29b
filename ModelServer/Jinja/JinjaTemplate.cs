namespace ModelServer.Jinja;

/// <summary>
/// A Jinja template as transformers renders chat templates: in a sandbox that changes nothing, with <c>trim_blocks</c> and <c>lstrip_blocks</c>, loop controls, <c>generation</c> blocks,
/// <c>raise_exception</c>, <c>strftime_now</c> and a <c>tojson</c> that escapes nothing for HTML. It is read once; renderings share nothing and may run at the same time.
/// </summary>
internal sealed class JinjaTemplate
{
    private const int MaxLength = 1_000_000;
    private readonly Block _block;
    private readonly IReadOnlySet<string> _names;
    private readonly RenderLimits _limits = new();

    /// <exception cref="JinjaSyntaxException">The text is no template.</exception>
    public JinjaTemplate(string template)
    {
        if (template.Length > MaxLength) throw new JinjaSyntaxException($"the template has more than {MaxLength} characters", 1);
        (_block, _names) = StatementParser.Parse(template);
    }

    /// <summary>Whether it reads a name anywhere, given to it or its own.</summary>
    public bool Reads(string name) => _names.Contains(name);

    /// <param name="variables">The names that it can use, beside the functions of every template.</param>
    /// <param name="time">The clock of <c>strftime_now</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RaisedByTemplateException">The template refuses what it was given.</exception>
    /// <exception cref="JinjaException">It fails, or takes more than it may.</exception>
    public JinjaText Render(IReadOnlyDictionary<string, object?> variables, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var output = new JinjaTextBuilder();
        var budget = new RenderBudget(_limits, cancellationToken);
        var globals = new Frame(budget, time, Globals.All);
        var frame = new Frame(globals);
        foreach (var (name, value) in variables) frame[name] = value;
        try
        {
            budget.Run(() => _block.Execute(frame, output));
        }
        catch (ArithmeticException)
        {
            throw new JinjaException("an integer grows beyond 64 bits");
        }
        catch (InvalidOperationException e) when (e.InnerException is JinjaException fault)
        {
            // Sorting wraps what comparing throws.
            throw fault;
        }

        return output.ToText();
    }
}
