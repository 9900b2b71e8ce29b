using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;

namespace ModelServer.Decoders;

/// <summary>Runs a decoder once with every number of rows before it may serve: the engine plans on first sight of a shape. On the way it makes sure that
/// a sequence gets the same logits alone and beside others, read at once and in pieces; a graph for which that does not hold cannot share its runs.</summary>
internal static class DecoderCheck
{
    /// <summary>Tokens of the sequence that is compared.</summary>
    public const int Tokens = 8;

    /// <summary>Of the largest logit: far above rounding, far below what a wrong mask or position does.</summary>
    private const float Tolerance = 0.02f;

    private const int Attempts = 3;

    /// <summary>Rests of a prompt up to here stand for longer ones, which take longer to try: among them is every remainder of the sixteen rows or numbers of a wide register.</summary>
    private const int LongestRest = 17;

    /// <exception cref="ModelLoadException">The graph fails, or its answers depend on the rows beside them.</exception>
    public static void Run(DecoderSession session)
    {
        // Where activations are rounded, the last bit of a sum may make a number the next one, and that other logits: for a sequence now and then, not for several.
        var attempts = session.Graph.RoundsActivations ? Attempts : 1;
        try
        {
            for (var attempt = 0; !IsAlike(session, TokensOf(session, attempt));)
                if (++attempt == attempts) throw new ModelLoadException("The graph gives a sequence other logits beside others than alone, so that answers would depend on who else asks.");

            // The longest chunk.
            Read(session, 0, 0, new int[session.Chunk]);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException($"The graph fails on {Tokens} tokens.", e);
        }
    }

    private static bool IsAlike(DecoderSession session, int[] tokens)
    {
        // 1. The sequence alone, at once.
        Read(session, 0, 0, tokens);
        var alone = session.Logits(0).ToArray();

        // 2. In every other row all of it but its last token, in the others less; in two pieces.
        for (var row = 0; row < session.Rows; row++)
        {
            Read(session, row, 0, tokens.AsSpan(0, 1));
            Read(session, row, 1, tokens.AsSpan(1, Length(row) - 1));
        }

        // 3. The last token, beside every number of rows.
        for (var rows = 1; rows <= session.Rows; rows++)
        {
            var entries = new StepEntry[rows];
            for (var row = 0; row < rows; row++) entries[row] = new StepEntry(row, Length(row), Count: 1, IsSampled: true);
            var next = new int[rows];
            next.AsSpan().Fill(tokens[^1]);
            session.Run(new StepPlan(entries, isPrompt: false), next);
            for (var row = 0; row < rows; row++)
                if (Length(row) == Tokens - 1 && !IsClose(alone, session.Logits(row))) return false;
        }

        return true;
    }

    /// <summary>Those that are compared.</summary>
    /// <param name="attempt">Other ones for each.</param>
    public static int[] TokensOf(DecoderSession session, int attempt = 0) => [.. Enumerable.Range(0, Tokens).Select(i => (1 + (attempt * 7) + (i * (31 + (12 * attempt)))) % session.VocabularySize)];

    /// <summary>Whether several chunks of a prompt, and what is left behind them, give the same bits in one run as one after the other: keys, values and logits, chunks at
    /// the beginning of a row and near its end. Sums of floats depend on how an operator cuts its work, and that on the length of a run.</summary>
    /// <param name="chunk">Of the <see cref="StepScheduler{T}"/>.</param>
    public static bool ReadsAlike(DecoderSession session, int chunk)
    {
        // Rounding to half hides most of what differs, so that a check says little.
        if (!session.CanSave || session.Graph.CacheType == TensorElementType.Float16) return false;
        var length = Math.Min(session.Window / chunk, StepScheduler<DecoderSequence>.Longest) * chunk;
        if (length < 2 * chunk) return false;
        var tokens = new int[length];
        for (var i = 0; i < length; i++) tokens[i] = (int)((1 + (i * 7919L) + (i * i * 31L)) % session.VocabularySize);
        var buffers = CacheRows.Allocate(session.Graph, 2L * length);
        try
        {
            using var saved = new CacheRows(session.Graph, buffers, length);
            if (!AreAlike(session, saved, 0, tokens, chunk)) return false;
            // Behind other tokens than its own the same holds or does not.
            var last = ((session.Window / chunk) * chunk) - length;
            for (var start = 0; start < last; start += chunk) session.Restore(saved, 0, 0, start, chunk);
            return (last == 0 || AreAlike(session, saved, last, tokens, chunk)) && RestsAreAlike(session, saved, tokens, chunk);
        }
        finally
        {
            foreach (var buffer in buffers) buffer.Dispose();
        }
    }

    private static bool AreAlike(DecoderSession session, CacheRows saved, int start, ReadOnlySpan<int> tokens, int chunk)
    {
        float[]? expected = null;
        for (var count = chunk; count <= tokens.Length; count += chunk)
        {
            for (var i = 0; i < tokens.Length; i += count) Read(session, 0, start + i, tokens.Slice(i, Math.Min(count, tokens.Length - i)));
            session.Save(0, start, tokens.Length, saved, expected is null ? 0 : 1);
            var logits = session.Logits(0).ToArray();
            if (expected is not null && (!saved.AreEqual(0, 1, tokens.Length) || !logits.AsSpan().SequenceEqual(expected))) return false;
            expected ??= logits;
        }

        return true;
    }

    private static bool RestsAreAlike(DecoderSession session, CacheRows saved, ReadOnlySpan<int> tokens, int chunk)
    {
        Read(session, 0, 0, tokens[..chunk]);
        for (var rest = StepScheduler<DecoderSequence>.LeastRest; rest <= Math.Min(chunk - 1, LongestRest); rest++)
        {
            // Behind the chunk that the run before left there: to the last bit the one that was read alone.
            var length = chunk + rest;
            Read(session, 0, chunk, tokens[chunk..length]);
            session.Save(0, 0, length, saved, 0);
            var apart = session.Logits(0).ToArray();
            Read(session, 0, 0, tokens[..length]);
            session.Save(0, 0, length, saved, 1);
            if (!saved.AreEqual(0, 1, length) || !session.Logits(0).SequenceEqual(apart)) return false;
        }

        return true;
    }

    private static int Length(int row) => row % 2 == 0 ? Tokens - 1 : 2;

    public static void Read(DecoderSession session, int row, int start, ReadOnlySpan<int> tokens)
        => session.Run(new StepPlan([new StepEntry(row, start, tokens.Length, IsSampled: true)], isPrompt: true), tokens);

    public static bool IsClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        var limit = Tolerance * Math.Abs(TensorPrimitives.MaxMagnitude(expected));
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= limit)) return false;
        return true;
    }
}
