using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

/// <summary>Plans of one kind, by hand.</summary>
internal static class SessionRuns
{
    /// <summary>Reads tokens into one row.</summary>
    /// <param name="start">Tokens that the row holds.</param>
    /// <returns>The logits behind the last of them; valid until the next run.</returns>
    public static ReadOnlySpan<float> Read(this DecoderSession session, int row, int start, ReadOnlySpan<int> tokens)
    {
        session.Run(new StepPlan([new StepEntry(row, start, tokens.Length, IsSampled: true)], isPrompt: true), tokens);
        return session.Logits(0);
    }

    /// <summary>Adds one token to each of the first rows.</summary>
    /// <param name="starts">Tokens that each of them holds.</param>
    public static void Decode(this DecoderSession session, ReadOnlySpan<int> starts, ReadOnlySpan<int> tokens)
    {
        Span<StepEntry> entries = stackalloc StepEntry[tokens.Length];
        for (var row = 0; row < entries.Length; row++) entries[row] = new StepEntry(row, starts[row], Count: 1, IsSampled: true);
        session.Run(new StepPlan(entries, isPrompt: false), tokens);
    }
}
