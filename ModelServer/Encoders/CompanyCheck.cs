using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using ModelServer.ModelFiles;
using ModelServer.Scheduling;

namespace ModelServer.Encoders;

/// <summary>Finds out, before a version may serve, which sequences may share its runs: a few are run alone, beside others of their length, and padded beside longer ones.
/// All in all some 240 tokens, a fifteenth of what the warm-up runs.</summary>
/// <param name="vocabulary">Token ids of the graph.</param>
/// <param name="maxTokens">Longest input.</param>
internal sealed class CompanyCheck(EncoderSession session, int vocabulary, int padTokenId, int maxTokens)
{
    /// <summary>What rounding may do to numbers of 24 bits on their way through many layers, of the largest. Of published models it does 1e-7; rows that see each other, or a mask that is forgotten, are above a hundredth.</summary>
    private const float Fine = 1e-5f;

    /// <summary>The same where numbers of 11 bits or fewer are on the way, which amplify rounding by falling to the other side.</summary>
    private const float Coarse = 2e-2f;

    /// <summary>Answers below it are compared as if they were as large: what is nearly zero is mostly rounding.</summary>
    private const float Least = 0.1f;

    private static readonly int[] Lengths = [12, 12, 12, 5, 40];
    private readonly EncoderSequence[] _sequences = [.. Lengths.Select((length, i) => Sequence(Math.Min(length, maxTokens), i + 1, vocabulary, padTokenId))];

    /// <param name="isCoarse">Whether the graph computes with fewer bits than 24.</param>
    /// <exception cref="ModelLoadException">The graph fails on a single sequence, or its rows all have the same fixed length and padding changes what it answers.</exception>
    public Company Run(bool isCoarse)
    {
        using var buffers = session.CreateBuffers(padTokenId);
        var alone = Array.ConvertAll(_sequences, sequence => Alone(sequence, buffers));
        var limit = (isCoarse ? Coarse : Fine) * Math.Max(Least, alone.Max(row => Math.Abs(TensorPrimitives.MaxMagnitude<float>(row))));
        if (session.Inputs.Columns is { } columns && !IsMasked(alone[3], limit)) throw Unmasked(columns);
        if (session.Inputs.TakesOneRow || !AreAlike([0, 1, 2], alone, buffers, limit)) return Company.None;
        return session.Inputs.Columns is not null || AreAlike([3, 0, 4], alone, buffers, limit) ? Company.Any : Company.EqualLengths;
    }

    private float[] Alone(EncoderSequence sequence, EncoderBuffers buffers)
    {
        using var batch = new Batch([sequence], BatchClosed.Drained);
        try
        {
            return session.Run(batch, buffers, RowReaders.Copy)[0];
        }
        catch (Exception e) when (e is OnnxRuntimeException or InvalidOperationException)
        {
            throw new ModelLoadException($"The graph fails on 1 rows of {sequence.Ids.Length} tokens.", e);
        }
    }

    private bool AreAlike(int[] chosen, float[][] alone, EncoderBuffers buffers, float limit)
    {
        using var batch = new Batch(Array.ConvertAll(chosen, i => _sequences[i]), BatchClosed.Drained);
        try
        {
            var rows = session.Run(batch, buffers, RowReaders.Copy);
            return !chosen.Where((sequence, row) => !IsClose(alone[sequence], rows[row], limit)).Any();
        }
        catch (Exception e) when (e is OnnxRuntimeException or InvalidOperationException)
        {
            // Traced with a single sequence, whatever its axes say.
            return false;
        }
    }

    /// <summary>Whether it makes no difference what stands where a row is padded. There is no row without padding to compare with.</summary>
    private bool IsMasked(float[] expected, float limit)
    {
        using var buffers = session.CreateBuffers(_sequences[0].Ids[0]);
        return IsClose(expected, Alone(_sequences[3], buffers), limit);
    }

    private static ModelLoadException Unmasked(int columns)
        => new($"The graph takes exactly {columns} tokens (its sequence axis is fixed), and what it is padded with changes its answers: export it with that axis left open.");

    private static bool IsClose(float[] expected, float[] actual, float limit)
    {
        if (expected.Length != actual.Length) return false;
        for (var i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= limit)) return false;
        return true;
    }

    /// <summary>Ids from the lower half: those at the end may be added ones that the graph has no row for. The padding's is none of them, as graphs take the mask from it.</summary>
    private static EncoderSequence Sequence(int length, int seed, int vocabulary, int padTokenId)
    {
        var half = Math.Max(1, vocabulary / 2);
        var ids = new int[length];
        for (var i = 0; i < length; i++)
        {
            ids[i] = (int)(((seed * 7919L) + (i * 104_729L)) % half);
            if (ids[i] == padTokenId) ids[i] = (ids[i] + 1) % half;
        }

        return new EncoderSequence(ids, new int[length], QueueLane.Server);
    }
}
