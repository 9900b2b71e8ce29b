using System.Numerics.Tensors;

namespace ModelServer.Decoders;

/// <summary>Measures how far the logits of runs over several tokens are from those of steps of one token: an engine sums in another order where it multiplies
/// matrices instead of vectors. On the way it runs each length of a draft once, as the engine plans on first sight of a shape.</summary>
internal static class DraftCheck
{
    /// <summary>Tokens that are compared.</summary>
    private const int Tokens = 32;

    /// <summary>Tokens read before them.</summary>
    private const int Before = 8;

    /// <summary>What was not seen may differ by so many times what was.</summary>
    private const float Safety = 4;

    /// <summary>Of the largest logit, at least: the sums of other tokens may differ where these do not.</summary>
    private const float Least = 1e-5f;

    /// <summary>The same where activations are rounded to integers: a last bit makes a number the next one, for few tokens and far beyond what others differ by. Of 18,000 tokens
    /// of the shipped models of 8 bits one in fifty had logits off by more than 1e-3 of the largest, and none by more than 0.013.</summary>
    private const float LeastRounded = 0.02f;

    /// <param name="most">Tokens of a draft.</param>
    /// <returns>Null where the window is too short.</returns>
    public static DraftRules? Measure(DecoderSession session, int most)
    {
        var longest = Math.Min(most, session.Chunk - 1);
        var count = Math.Min(Tokens, session.Window - Before);
        if (count <= longest) return null;
        var tokens = new int[Before + count];
        for (var i = 0; i < tokens.Length; i++) tokens[i] = (int)((1 + (i * 7919L) + (i * i * 31L)) % session.VocabularySize);
        DecoderCheck.Read(session, 0, 0, tokens.AsSpan(0, Before));

        // 1. One by one.
        var expected = new float[count][];
        for (var i = 0; i < count; i++)
        {
            Run(session, Before + i, tokens.AsSpan(Before + i, 1));
            expected[i] = session.Logits(0).ToArray();
        }

        // 2. In runs of each length, one behind the other as far as there are tokens.
        var (place, farthest, largest) = (0, 0f, 0f);
        var difference = new float[session.VocabularySize];
        for (var length = 2; length <= longest + 1; length++)
        {
            if (place + length > count) place = 0;
            Run(session, Before + place, tokens.AsSpan(Before + place, length));
            for (var i = 0; i < length; i++)
            {
                var logits = session.Logits(0, i);
                TensorPrimitives.Subtract(logits, expected[place++], difference);
                farthest = Math.Max(farthest, Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference)));
                largest = Math.Max(largest, Math.Abs(TensorPrimitives.MaxMagnitude(logits)));
            }
        }

        // Of two logits each may be off, towards the other.
        var least = session.Graph.RoundsActivations ? LeastRounded : Least;
        return new DraftRules(longest, 2 * Math.Max(Safety * farthest, least * largest));
    }

    private static void Run(DecoderSession session, int start, ReadOnlySpan<int> tokens)
        => session.Run(new StepPlan([new StepEntry(0, start, tokens.Length, IsSampled: true, Drafts: tokens.Length - 1)], isPrompt: false), tokens);
}
