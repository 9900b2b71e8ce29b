namespace ModelServer.Constraints;

/// <summary>What a request demands of the text.</summary>
internal abstract record OutputFormat
{
    /// <summary>The grammar of such texts.</summary>
    /// <exception cref="InvalidFieldException">It asks for what cannot be enforced; the message names it.</exception>
    public abstract Grammar ToGrammar();
}
