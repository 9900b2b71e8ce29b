using Microsoft.ML.OnnxRuntime;
using ModelServer.ModelFiles;

namespace ModelServer.Decoders;

/// <summary>Chooses between rows that share runs, each with all its slots, and rows that run alone, for a graph that may take either: by running it.
/// Rows alone are always right. Rows together are faster, and right where holes in the past change nothing: not where positions are counted
/// from its length, and not where a graph has a table that the holes reach beyond.</summary>
internal static class CacheChoice
{
    /// <param name="window">Most tokens of a row.</param>
    /// <param name="chunk">Most tokens that a run adds to one.</param>
    /// <exception cref="ModelLoadException">The graph cannot be run at all.</exception>
    public static void Make(DecoderNetwork model, int window, int chunk)
    {
        if (!model.Graph.IsOfEitherLayout) return;
        var first = model.Graph.Layout;
        model.Graph.Layout = CacheLayout.Apart;
        float[][] alone;
        try
        {
            using var session = new DecoderSession(model, 1, window, chunk);
            alone = Read(session);
        }
        catch (Exception e) when (first == CacheLayout.Concatenated && IsOfTheEngine(e))
        {
            // A graph that takes no empty past may take one that is masked out.
            model.Graph.Layout = first;
            return;
        }

        model.Graph.Layout = CacheLayout.Concatenated;
        if (!GivesTheSame(model, window, chunk, alone)) model.Graph.Layout = CacheLayout.Apart;
    }

    private static bool GivesTheSame(DecoderNetwork model, int window, int chunk, float[][] alone)
    {
        try
        {
            using var session = new DecoderSession(model, 1, window, chunk);
            var together = Read(session);
            // The longest run reaches farthest beyond the window.
            DecoderCheck.Read(session, 0, 0, new int[chunk]);
            return alone.Zip(together).All(pair => DecoderCheck.IsClose(pair.First, pair.Second));
        }
        catch (Exception e) when (IsOfTheEngine(e))
        {
            return false;
        }
    }

    private static bool IsOfTheEngine(Exception e) => e is OnnxRuntimeException or ModelLoadException { InnerException: OnnxRuntimeException };

    /// <summary>The logits behind a few tokens, read at once and in pieces, and behind one more.</summary>
    private static float[][] Read(DecoderSession session)
    {
        var tokens = DecoderCheck.TokensOf(session);
        DecoderCheck.Read(session, 0, 0, tokens);
        var atOnce = session.Logits(0).ToArray();
        DecoderCheck.Read(session, 0, 0, tokens.AsSpan(0, 2));
        DecoderCheck.Read(session, 0, 2, tokens.AsSpan(2));
        var inPieces = session.Logits(0).ToArray();
        DecoderCheck.Read(session, 0, tokens.Length - 1, tokens.AsSpan(0, 1));
        return [atOnce, inPieces, session.Logits(0).ToArray()];
    }
}
