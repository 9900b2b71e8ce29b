using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Scheduling;

namespace ModelServer.Encoders;

/// <summary>Runs every batch and length bucket once on each worker before a version is ready: the engine allocates and plans on first sight of a shape.</summary>
internal static class EncoderWarmUp
{
    private const int ShortestBucket = 8;

    /// <returns>How many floats a row of the result has.</returns>
    /// <exception cref="ModelLoadException">The graph fails.</exception>
    public static int Run(SequenceQueue queue, int maxTokens, EncoderLimits limits, CancellationToken cancellationToken)
    {
        // Of a fixed length there is one bucket.
        for (var length = limits.Columns ?? ShortestBucket; length < maxTokens; length *= 2) RunBucket(queue, length, Math.Max(1, limits.BatchTokens / length), limits.Workers, cancellationToken);
        return RunBucket(queue, maxTokens, 1, limits.Workers, cancellationToken);
    }

    /// <summary>Runs each length alone.</summary>
    /// <inheritdoc cref="Run"/>
    public static void RunSingly(SequenceQueue queue, int maxTokens, EncoderLimits limits, CancellationToken cancellationToken)
    {
        for (var length = limits.Columns ?? ShortestBucket; length < maxTokens; length *= 2) RunBucket(queue, length, 1, 1, cancellationToken);
        RunBucket(queue, maxTokens, 1, 1, cancellationToken);
    }

    private static int RunBucket(SequenceQueue queue, int length, int rows, int workers, CancellationToken cancellationToken)
    {
        var ids = new int[length];
        var sequences = Enumerable.Range(0, rows * workers).Select(_ => new EncoderSequence(ids, new int[length], QueueLane.Server)).ToArray();
        queue.Add(sequences);
        try
        {
            Task.WaitAll(sequences.Select(s => s.Completion), cancellationToken);
            return sequences[0].Completion.Result.Length;
        }
        catch (AggregateException e) when (e.InnerException is InferenceFailedException failed)
        {
            // What it gives is not what the folder's files say.
            if (failed.InnerException is ModelLoadException reason) throw new ModelLoadException(reason.Message, reason);
            throw new ModelLoadException($"The graph fails on {rows} rows of {length} tokens.", failed);
        }
    }
}
