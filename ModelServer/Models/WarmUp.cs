using ModelServer.Batching;

namespace ModelServer.Models;

/// <summary>Runs every batch and length bucket once before a version is ready: the engine allocates and plans on first sight of a shape.</summary>
internal static class WarmUp
{
    private const int ShortestBucket = 8;

    public static void Run(LoadedModel model, int batchTokens, CancellationToken cancellationToken)
    {
        for (var length = ShortestBucket; length < model.MaxTokens; length *= 2) Run(model, length, Math.Max(1, batchTokens / length), cancellationToken);
        Run(model, model.MaxTokens, 1, cancellationToken);
    }

    private static void Run(LoadedModel model, int length, int rows, CancellationToken cancellationToken)
    {
        var ids = new int[length];
        var sequences = Enumerable.Range(0, rows).Select(_ => new Sequence(ids, new int[length], Caller.Server)).ToArray();
        model.Queue.Add(sequences);
        try
        {
            Task.WaitAll(sequences.Select(s => s.Completion), cancellationToken);
        }
        catch (AggregateException e) when (e.InnerException is InferenceFailedException failed)
        {
            throw new ModelLoadException($"The graph fails on {rows} rows of {length} tokens.", failed);
        }
    }
}
