using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ServiceDefaults.Drift;

namespace ModelServer.SparseEmbed;

/// <summary>A loaded model of sparse vectors; for its rows see <see cref="SparseRow"/>.</summary>
internal sealed class SparseModel(ModelSource source, SparseSettings settings, int maxTokens, EncoderEngine engine) : EncoderModel(SparseEmbeddingTask.Id, source, maxTokens, engine)
{
    public SparseSettings Settings => settings;

    public override string ScoreName => DriftFeatures.Norm;

    public override RowFeatures Features(ReadOnlySpan<float> row) => new(SparseRow.Norm(row));

    /// <summary>By direction.</summary>
    public override RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
        => RowComparison.OfAll(rows, others, (a, b) => Compare(a, b, minCosine));

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Weights is not { } expected) throw check.IsNotOf(Task);
        var row = Infer(golden, check);
        var weights = Enumerable.Range(0, SparseRow.CountOf(row)).Select(i => SparseRow.At(row, i)).ToDictionary(w => w.Index, w => w.Weight);
        foreach (var (token, weight) in expected)
        {
            if (Tokenizer.TokenToId(token) is not { } id || id >= SparseRow.WidthOf(row)) throw check.Wrong($" names the unknown token '{token}'.");
            check.Compare($"'{token}'", weights.GetValueOrDefault(id), weight);
        }
    }

    private static RowComparison Compare(float[] a, float[] b, double minCosine)
    {
        if (SparseRow.WidthOf(a) != SparseRow.WidthOf(b)) return new(false, 1);
        var (norm, other) = (SparseRow.Norm(a), SparseRow.Norm(b));
        // Of two vectors without weights neither has a direction.
        if (norm == 0 || other == 0) return norm == other ? new(true, 0) : new(false, 0.5);
        var cosine = SparseRow.Dot(a, b) / ((double)norm * other);
        return new(cosine >= minCosine, Math.Clamp((1 - cosine) / 2, 0, 1));
    }
}
