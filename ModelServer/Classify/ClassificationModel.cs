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
        if (golden is not { Label: not null, Entity: null }) throw check.IsNotOf(Task);
        var scores = Classifier.Scores(Infer(golden, check), MultiLabel);
        var index = Array.IndexOf(Labels, golden.Label);
        if (index < 0) throw check.Wrong($" names the unknown label '{golden.Label}'.");
        check.Compare($"'{golden.Label}'", scores[index], golden.Score!.Value);
    }

    public override RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
    {
        var theirs = (ClassificationModel)other;
        return RowComparison.OfAll(rows, others, (a, b) => Compare(Classifier.Scores(a, MultiLabel), theirs, Classifier.Scores(b, theirs.MultiLabel)));
    }

    /// <summary>By the names of the labels, whose order may differ: the best one, or those that hold where several may.</summary>
    private RowComparison Compare(float[] scores, ClassificationModel other, float[] others)
    {
        var byLabel = other.Labels.Zip(others).DistinctBy(l => l.First).ToDictionary(l => l.First, l => l.Second, StringComparer.Ordinal);
        var agreed = MultiLabel
            ? Held(Labels, scores).SetEquals(Held(other.Labels, others))
            : Labels[Array.IndexOf(scores, scores.Max())] == other.Labels[Array.IndexOf(others, others.Max())];
        var distance = Labels.Select((label, i) => (double)Math.Abs(scores[i] - byLabel.GetValueOrDefault(label))).Sum() + byLabel.Where(l => !Labels.Contains(l.Key)).Sum(l => l.Value);
        // Two distributions differ by 2 at most; scores of their own by 1 for each label.
        return new(agreed, distance / (MultiLabel ? Labels.Length : 2));
    }

    private static HashSet<string> Held(string[] labels, float[] scores) => [.. labels.Where((_, i) => scores[i] >= 0.5f)];

    private static string[] LabelsOf(ModelSource source, int width)
    {
        var labels = source.Labels;
        if (labels.Length == 0) return [.. Enumerable.Range(0, width).Select(i => $"LABEL_{i}")];
        return labels.Length == width ? labels : throw new ModelLoadException($"There are {labels.Length} labels for {width} outputs.");
    }
}
