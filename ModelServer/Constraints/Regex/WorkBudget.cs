namespace ModelServer.Constraints.Regex;

/// <summary>What the making of one grammar may cost, so that no schema or pattern keeps a thread or fills the memory.</summary>
/// <param name="steps">Roughly the states and nodes that may be made, with their edges.</param>
internal sealed class WorkBudget(int steps = WorkBudget.Default)
{
    /// <summary>Spent in well under a second.</summary>
    public const int Default = 300_000;

    private long _left = steps;

    /// <exception cref="NotSupportedException">There is no budget left.</exception>
    public void Spend(long steps = 1)
    {
        if ((_left -= steps) < 0) throw new NotSupportedException("it is too large: what it may cost is bounded");
    }
}
