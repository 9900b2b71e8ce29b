namespace ModelServer.Tokenization.PostProcessing;

/// <summary>Which text gives way when both together are too long.</summary>
internal enum TruncationStrategy
{
    /// <summary>The longer one first; then both alike.</summary>
    LongestFirst,

    /// <summary>The first text alone.</summary>
    OnlyFirst,

    /// <summary>The second text alone.</summary>
    OnlySecond,
}

/// <summary>Which end of a text is kept.</summary>
internal enum TruncationSide
{
    /// <summary>The end is cut off.</summary>
    Right,

    /// <summary>The beginning is cut off.</summary>
    Left,
}

/// <summary>The "truncation" section. Read, and applied only when a caller asks for truncation.</summary>
internal sealed record TruncationSettings(int MaxLength, TruncationStrategy Strategy, TruncationSide Side)
{
    /// <summary>How many tokens of each text remain within <paramref name="room"/>. Counts may be capped at the room.</summary>
    /// <exception cref="ArgumentException">The text that is to give way is too short for it.</exception>
    public static (int First, int Second) Fit(int first, int second, int room, TruncationStrategy strategy)
    {
        var excess = first + second - room;
        if (excess <= 0) return (first, second);
        if (strategy == TruncationStrategy.LongestFirst)
        {
            var (shorter, longer) = (Math.Min(first, second), Math.Max(Math.Min(first, second), room - Math.Min(first, second)));
            if (shorter + longer > room) (shorter, longer) = (room / 2, room - room / 2);
            return first <= second ? (shorter, longer) : (longer, shorter);
        }

        var target = strategy == TruncationStrategy.OnlyFirst ? first : second;
        if (target <= excess) throw new ArgumentException($"the text to truncate has {target} tokens; {excess} would have to go");
        return strategy == TruncationStrategy.OnlyFirst ? (first - excess, second) : (first, second - excess);
    }
}
