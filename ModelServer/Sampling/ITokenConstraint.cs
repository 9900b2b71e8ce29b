namespace ModelServer.Sampling;

/// <summary>Says which tokens may come next in one sequence. For the thread of the loop that runs it.</summary>
internal interface ITokenConstraint
{
    /// <summary>Bit <c>i</c> of word <c>w</c> is set where token <c>64 w + i</c> may come next: an end token where the text may end here. Never all zero, and
    /// valid until <see cref="Accept"/>. Empty where any token may come.</summary>
    /// <exception cref="Exception">No token may come, or too much is asked for: the sequence fails.</exception>
    ReadOnlySpan<ulong> Allowed { get; }

    /// <summary>Whether the text may end here: an end token that comes now ends it. One that comes elsewhere is text like any other.</summary>
    bool MayEnd { get; }

    /// <summary>Whether the text is whole and nothing can follow: the sequence ends without an end token.</summary>
    bool IsComplete { get; }

    /// <summary>A token came: one of those that may, and not as an end token.</summary>
    /// <exception cref="Exception">The text can no longer be followed: the sequence fails.</exception>
    void Accept(int token);
}
