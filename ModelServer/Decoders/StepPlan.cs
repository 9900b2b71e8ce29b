namespace ModelServer.Decoders;

/// <summary>
/// One run of the engine as data. A step is up to two of them: a chunk of one prompt, then one token for each row that decodes. They are two because
/// the engine takes several new tokens of a row only where it runs alone, and because a prompt's first token is sampled between them. A sequence that
/// decodes alone may have a draft behind its token.
/// </summary>
/// <param name="entries">Neighbouring rows in order, with the same count; it is 1 where there are several. Valid until the scheduler plans again.</param>
/// <param name="isPrompt">Whether a prompt is read; else rows decode.</param>
internal readonly ref struct StepPlan(ReadOnlySpan<StepEntry> entries, bool isPrompt)
{
    public ReadOnlySpan<StepEntry> Entries { get; } = entries;

    public bool IsPrompt { get; } = isPrompt;

    public int Rows => Entries.Length;

    /// <summary>The row of the first entry.</summary>
    public int FirstRow => Entries[0].Row;

    /// <summary>Whether the logits behind every token are wanted; else behind each row's last.</summary>
    public bool IsScored => Entries[0].IsScored || Entries[0].Drafts > 0;

    /// <summary>New tokens of each row.</summary>
    public int Count => Entries[0].Count;
}

/// <summary>What one sequence gets in a run.</summary>
/// <param name="Row">Its row of the key-value cache.</param>
/// <param name="Start">Position of its first new token; the row must hold all before it, and forgets what it held from there on.</param>
/// <param name="Count">New tokens.</param>
/// <param name="IsSampled">Whether the next token is sampled behind them: not inside a prompt, nor where tokens that are known are run again.</param>
/// <param name="IsScored">Whether the logits behind each of them are wanted: of a prompt whose tokens are to be scored.</param>
/// <param name="Drafts">The last so many of them are guesses: each is taken if it is sampled behind those before it, and forgotten with those behind it if not.</param>
internal readonly record struct StepEntry(int Row, int Start, int Count, bool IsSampled, bool IsScored = false, int Drafts = 0);
