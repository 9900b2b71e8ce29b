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

    public override string ScoreName => DriftFeatures.Score;

    public override RowFeatures Features(ReadOnlySpan<float> row) => new(1 / (1 + MathF.Exp(-row[0])));
}
