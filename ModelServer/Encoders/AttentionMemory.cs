using ModelServer.Runtime;

namespace ModelServer.Encoders;

/// <summary>What a text takes while it runs: in a plain export each head compares each token with each, twice over, so that 8,192 tokens of a model with 12 heads take 6 GB.
/// Without a bound the first long text, or already the warm-up, would have the system end the process.</summary>
internal static class AttentionMemory
{
    /// <summary>Tokens that are taken in any case.</summary>
    private const int Least = 512;

    /// <summary>Where <c>config.json</c> names no number.</summary>
    private const int UsualHeads = 12;

    /// <returns>The most tokens, at most <paramref name="maxTokens"/>, of which a text in every worker fits beside what is loaded.</returns>
    public static int Longest(int? heads, int workers, int maxTokens, LoadMemory memory)
    {
        var longest = maxTokens;
        while (longest > Least && !memory.Fits(Bytes(heads, longest) * workers)) longest = Math.Max(Least, longest / 2);
        return longest;
    }

    /// <summary>Bytes for one text.</summary>
    public static long Bytes(int? heads, int tokens) => 2L * sizeof(float) * Math.Max(1, heads ?? UsualHeads) * tokens * tokens;
}
