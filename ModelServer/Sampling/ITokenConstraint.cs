namespace ModelServer.Sampling;

/// <summary>Says which tokens may come next in one sequence. For the thread of the loop that runs it.</summary>
internal interface ITokenConstraint
{
    /// <summary>Bit <c>i</c> of word <c>w</c> is set where token <c>64 w + i</c> may come next: an end token where the text may end here. Never all zero, and
    /// valid until <see cref="Accept"/>. Empty where any token may come.</summary>
    ReadOnlySpan<ulong> Allowed { get; }

    /// <summary>A token came: one of those that may.</summary>
    void Accept(int token);
}
