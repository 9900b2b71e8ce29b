using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;

namespace ModelServer.Encoders;

/// <summary>Runs every batch and length bucket once before a version is ready: the engine allocates and plans on first sight of a shape.</summary>
internal static class EncoderWarmUp
{
    private const int ShortestBucket = 8;

    /// <returns>How many floats a row of the result has.</returns>
    public static int Run(LoadedModel model, int batchTokens, CancellationToken cancellationToken)
    {
        for (var length = ShortestBucket; length < model.MaxTokens; length *= 2) Run(model, length, Math.Max(1, batchTokens / length), cancellationToken);
        return Run(model, model.MaxTokens, 1, cancellationToken);
    }

    private static int Run(LoadedModel model, int length, int rows, CancellationToken cancellationToken)
    {
        var ids = new int[length];
        var sequences = Enumerable.Range(0, rows).Select(_ => new EncoderSequence(ids, new int[length], Caller.Server)).ToArray();
        model.Queue.Add(sequences);
        try
        {
            Task.WaitAll(sequences.Select(s => s.Completion), cancellationToken);
            return sequences[0].Completion.Result.Length;
        }
        catch (AggregateException e) when (e.InnerException is InferenceFailedException failed)
        {
            throw new ModelLoadException($"The graph fails on {rows} rows of {length} tokens.", failed);
        }
    }
}
