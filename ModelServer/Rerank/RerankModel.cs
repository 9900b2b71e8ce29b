using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ServiceDefaults.Drift;

namespace ModelServer.Rerank;

/// <summary>A loaded cross-encoder: a row is one logit.</summary>
internal sealed class RerankModel : EncoderModel
{
    /// <exception cref="ModelLoadException">The graph has more than one output for a pair.</exception>
    public RerankModel(ModelSource source, EncoderEngine engine)
        : base(RerankTask.Id, source, source.MaxTokens(), engine)
    {
        if (engine.Width != 1) throw new ModelLoadException($"A model for {RerankTask.Id} has one output; the graph has {engine.Width}.");
        Labels = source.Labels is { Length: > 0 } labels ? labels : ["LABEL_0"];
        if (Labels.Length != 1) throw new ModelLoadException($"There are {Labels.Length} labels for 1 outputs.");
    }

    public override string[] Labels { get; }

    /// <summary>By the best document, and by the scores.</summary>
    public override RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
    {
        var (logits, theirs) = (Logits(rows), Logits(others));
        var (scores, theirScores) = (new float[logits.Length], new float[theirs.Length]);
        TensorPrimitives.Sigmoid<float>(logits, scores);
        TensorPrimitives.Sigmoid<float>(theirs, theirScores);
        // By logit, as answers are ordered: where the sigmoid is flat, scores are equal and logits are not.
        return new(Array.IndexOf(logits, logits.Max()) == Array.IndexOf(theirs, theirs.Max()), scores.Zip(theirScores, (a, b) => (double)Math.Abs(a - b)).Average());
    }

    public override string ScoreName => DriftFeatures.Score;

    public override RowFeatures Features(ReadOnlySpan<float> row) => new(1 / (1 + MathF.Exp(-row[0])));

    private static float[] Logits(ReadOnlyMemory<float>[] rows) => Array.ConvertAll(rows, row => row.Span[0]);
}
