namespace ModelServer.Constraints;

/// <summary>A context-free grammar of texts.</summary>
/// <param name="Root">What a whole text is.</param>
/// <param name="Rules">By name; they may refer to each other and to themselves, not before a first byte.</param>
internal sealed record Grammar(Expression Root, IReadOnlyDictionary<string, Expression> Rules)
{
    private static readonly Dictionary<string, Expression> NoRules = [];

    public Grammar(Expression root)
        : this(root, NoRules)
    {
    }
}
