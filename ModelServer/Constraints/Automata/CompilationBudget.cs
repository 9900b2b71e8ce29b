namespace ModelServer.Constraints.Automata;

/// <summary>Bounds what one grammar may cost: its caller waits for it, and its memory is kept.</summary>
/// <param name="field">The request's field that it comes from, for messages.</param>
internal sealed class CompilationBudget(string field, CancellationToken cancellationToken)
{
    /// <summary>Elementary steps: some seconds of one core at worst, and far above what grammars of applications take.</summary>
    private const long MostWork = 40_000_000;

    /// <summary>States of the automaton.</summary>
    public const int MostStates = 200_000;

    /// <summary>Expressions within expressions.</summary>
    public const int MostNesting = 400;

    private long _left = MostWork;
    private int _states;

    /// <exception cref="InvalidFieldException">The grammar costs too much.</exception>
    public void Spend(int steps)
    {
        if ((_left -= steps) < 0) throw Refuse("is too complex: it would take too long to compile");
        if ((_left & 0xFF) == 0 || steps > 0xFF) cancellationToken.ThrowIfCancellationRequested();
    }

    /// <exception cref="InvalidFieldException">The automaton would have too many states.</exception>
    public void AddStates(long states)
    {
        if (states > MostStates - _states) throw Refuse($"is too large: it takes more than {MostStates:N0} states. Smaller bounds of repeats make it smaller");
        _states += (int)states;
        Spend((int)states);
    }

    public InvalidFieldException Refuse(string what) => new(field, FormattableString.Invariant($"The grammar of {field} {what}."));
}
