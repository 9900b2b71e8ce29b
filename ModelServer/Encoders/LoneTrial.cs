using Microsoft.ML.OnnxRuntime;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Scheduling;

namespace ModelServer.Encoders;

/// <summary>Opens an encoder's graph, and beside it, over the same weights, a session for runs that have the machine to themselves; keeps that where it answers the same,
/// bit for bit.</summary>
internal sealed partial class LoneTrial(ExecutionDevice device, LoadMemory memory, TimeProvider time, ILogger logger)
{
    /// <summary>Graphs of fewer bytes run for so short a time that threads are not worth waking.</summary>
    private const long LeastBytes = 1 << 20;

    /// <summary>Lengths in tokens that are compared.</summary>
    private static readonly int[] Lengths = [32, 9, 1];

    /// <param name="model"><c>name:version</c>.</param>
    /// <param name="graph">Full path of the ONNX file.</param>
    /// <param name="vocabulary">Token ids of the graph.</param>
    /// <param name="maxTokens">Longest input.</param>
    /// <param name="open">Opens the graph with these weights, for runs that have the machine to themselves or for all.</param>
    /// <returns>The session for all runs, which owns the other.</returns>
    /// <exception cref="ModelLoadException">The graph cannot be loaded.</exception>
    public EncoderSession Open(string model, string graph, int vocabulary, int maxTokens, Func<SharedWeights?, bool, EncoderSession> open)
    {
        if (!IsWorthTrying(graph)) return open(null, false);
        var sequences = Array.ConvertAll(Lengths, length => Sequence(Math.Min(length, maxTokens), vocabulary));
        return TryShare(model, graph, sequences, open) ?? open(null, false);
    }

    private bool IsWorthTrying(string graph)
    {
        if (device.LoneThreads <= device.IntraOpThreads) return false;
        var bytes = GraphFiles.Bytes(graph);
        // While it is loaded, a second session reads the file once more.
        return (device.AreLoneThreadsSet || bytes >= LeastBytes) && memory.Fits(bytes);
    }

    /// <returns>Null where the weights cannot be shared.</returns>
    private EncoderSession? TryShare(string model, string graph, EncoderSequence[] sequences, Func<SharedWeights?, bool, EncoderSession> open)
    {
        SharedWeights? weights = null;
        EncoderSession? session = null, lone = null;
        try
        {
            weights = SharedWeights.Read(graph);
            if (weights is null) return null;
            session = open(weights, false);
            lone = open(weights, true);
            if (!AreFree(weights, session, lone, sequences, out var isAlike)) throw new InvalidOperationException("The engine reads weights that it had made copies of.");
            weights.Release();
            session.Weights = weights;
            if (isAlike)
            {
                session.Lone = new LoneSession(lone, device.LoneThreads, device.IsShared, time);
                return session;
            }

            LogDiffers(logger, model, device.LoneThreads);
            lone.Dispose();
            return session;
        }
        catch (Exception e) when (e is OnnxRuntimeException or ModelLoadException or InvalidOperationException or IOException)
        {
            // Whatever is wrong with the graph itself will be said when it is opened without.
            LogUnshared(logger, model, e);
            lone?.Dispose();
            session?.Dispose();
            weights?.Dispose();
            return null;
        }
    }

    /// <summary>Whether no run reads what the engine made copies of, found by overwriting it.</summary>
    /// <param name="isAlike">Whether both sessions answer the same.</param>
    private static bool AreFree(SharedWeights weights, EncoderSession session, EncoderSession lone, EncoderSequence[] sequences, out bool isAlike)
    {
        var (expected, expectedOfLone) = (Answers(session, sequences), Answers(lone, sequences));
        isAlike = AreEqual(expected, expectedOfLone);
        weights.Spoil();
        return AreEqual(expected, Answers(session, sequences)) && AreEqual(expectedOfLone, Answers(lone, sequences));
    }

    private static float[][] Answers(EncoderSession session, EncoderSequence[] sequences)
    {
        using var buffers = session.CreateBuffers();
        return Array.ConvertAll(sequences, sequence => Run(session, buffers, sequence));
    }

    private static bool AreEqual(float[][] expected, float[][] actual) => expected.Zip(actual).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private static float[] Run(EncoderSession session, EncoderBuffers buffers, EncoderSequence sequence)
    {
        using var batch = new Batch([sequence], BatchClosed.Drained);
        return session.Run(batch, buffers, RowReaders.Copy)[0];
    }

    /// <summary>Ids from the lower half: those at the end may be added ones that the graph has no row for.</summary>
    private static EncoderSequence Sequence(int length, int vocabulary)
        => new([.. Enumerable.Range(0, length).Select(i => (int)(i * 104_729L % Math.Max(1, vocabulary / 2)))], new int[length], QueueLane.Server);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Information, Message = "{Model} answers otherwise on {Threads} threads: all its runs are alike")]
    private static partial void LogDiffers(ILogger logger, string model, int threads);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "The weights of {Model} cannot be shared: all its runs are alike")]
    private static partial void LogUnshared(ILogger logger, string model, Exception reason);
}
