using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ServiceDefaults.Drift;

namespace ModelServer.Classify;

/// <summary>A loaded classifier: a row holds a logit for each label.</summary>
internal sealed class ClassificationModel(ModelSource source, EncoderEngine engine) : EncoderModel(ClassificationTask.Id, source, source.MaxTokens(), engine)
{
    public override string[] Labels { get; } = LabelsOf(source, engine.Width);

    /// <summary>Whether several labels may hold at once.</summary>
    public bool MultiLabel { get; } = source.Config.ProblemType == "multi_label_classification";

    public override string ScoreName => DriftFeatures.Confidence;

    public override RowFeatures Features(ReadOnlySpan<float> row)
    {
        var best = TensorPrimitives.IndexOfMax(row);
        if (!MultiLabel)
        {
            var sum = 0f;
            foreach (var logit in row) sum += MathF.Exp(logit - row[best]);
            return new(1 / sum, best);
        }

        var held = 0UL;
        for (var i = 0; i < Math.Min(row.Length, 64); i++)
            if (row[i] >= 0) held |= 1UL << i;
        return new(1 / (1 + MathF.Exp(-row[best])), best, held);
    }

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Label is null) throw check.IsNotOf(Task);
        var scores = Classifier.Scores(Infer(golden, check), MultiLabel);
        var index = Array.IndexOf(Labels, golden.Label);
        if (index < 0) throw check.Wrong($" names the unknown label '{golden.Label}'.");
        check.Compare($"'{golden.Label}'", scores[index], golden.Score!.Value);
    }

    private static string[] LabelsOf(ModelSource source, int width)
    {
        var labels = source.Labels;
        if (labels.Length == 0) return [.. Enumerable.Range(0, width).Select(i => $"LABEL_{i}")];
        return labels.Length == width ? labels : throw new ModelLoadException($"There are {labels.Length} labels for {width} outputs.");
    }
}
