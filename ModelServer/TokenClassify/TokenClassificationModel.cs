using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ServiceDefaults.Drift;

namespace ModelServer.TokenClassify;

/// <summary>A loaded token classifier: a row holds a logit for each label of each token.</summary>
internal sealed class TokenClassificationModel : EncoderModel
{
    /// <exception cref="ModelLoadException">Labels and outputs do not fit, or a text has no room beside the special tokens.</exception>
    public TokenClassificationModel(ModelSource source, EncoderEngine engine)
        : base(TokenClassificationTask.Id, source, source.MaxTokens(), engine)
    {
        if (Room < 1) throw new ModelLoadException($"The longest input, {MaxTokens} tokens, has no room beside the special ones.");
        // The engine was warmed up with the longest input last.
        var width = engine.Width / MaxTokens;
        Labels = source.Labels is { Length: > 0 } labels ? labels : [.. Enumerable.Range(0, width).Select(i => $"LABEL_{i}")];
        if (Labels.Length != width) throw new ModelLoadException($"There are {Labels.Length} labels for {width} outputs.");
    }

    public override string[] Labels { get; }

    /// <summary>A text's tokens that fit, special ones left out.</summary>
    public int Room => MaxTokens - Tokenizer.SpecialTokenCount();

    /// <summary>Tokens that two windows of a text share where a request does not say.</summary>
    public int UsualOverlap => Room / 4;

    /// <summary>The most that a request may have them share, so that no token is read more than twice.</summary>
    public int MostOverlap => Room / 2;

    public override string ScoreName => DriftFeatures.Confidence;

    /// <summary>The mean, over the tokens, of the best label's score.</summary>
    public override RowFeatures Features(ReadOnlySpan<float> row)
    {
        var total = 0f;
        for (var start = 0; start < row.Length; start += Labels.Length)
        {
            var token = row.Slice(start, Labels.Length);
            var (best, sum) = (TensorPrimitives.Max(token), 0f);
            foreach (var logit in token) sum += MathF.Exp(logit - best);
            total += 1 / sum;
        }

        return new(total * Labels.Length / row.Length);
    }

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Label is null) throw check.IsNotOf(Task);
        var (sequence, row) = Infer(new TextInput(golden.Text), check);
        var entities = new EntityFinder(this, Aggregation.Simple, []).Find(golden.Text, [sequence], [row]);
        var found = Array.Find(entities, e => e.Label == golden.Label && (golden.Entity is null || e.Text == golden.Entity))
            ?? throw check.Wrong($" has no entity {(golden.Entity is null ? "" : $"'{golden.Entity}' ")}with the label '{golden.Label}'.");
        check.Compare($"'{found.Text}' as '{golden.Label}'", found.Score, golden.Score!.Value);
    }

    public override RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
        => RowComparison.OfAll(rows, others, (a, b) => Compare(a, (TokenClassificationModel)other, b));

    /// <summary>Token by token, by the names of the labels; where another tokenizer made other tokens, by the mean of all.</summary>
    private RowComparison Compare(float[] row, TokenClassificationModel other, float[] otherRow)
    {
        var (scores, others) = (TokenScores.Of(row, Labels.Length), TokenScores.Of(otherRow, other.Labels.Length));
        if (scores.Length / Labels.Length != others.Length / other.Labels.Length) (scores, others) = (Mean(scores, Labels.Length), Mean(others, other.Labels.Length));
        var places = Array.ConvertAll(Labels, label => Array.IndexOf(other.Labels, label));
        var (agreed, distance, tokens) = (true, 0d, scores.Length / Labels.Length);
        for (var i = 0; i < tokens; i++)
        {
            var ours = scores.AsSpan(i * Labels.Length, Labels.Length);
            var theirs = others.AsSpan(i * other.Labels.Length, other.Labels.Length);
            agreed &= Labels[TensorPrimitives.IndexOfMax<float>(ours)] == other.Labels[TensorPrimitives.IndexOfMax<float>(theirs)];
            var shared = 0d;
            for (var label = 0; label < places.Length; label++) shared += places[label] < 0 ? 0 : Math.Min(ours[label], theirs[places[label]]);
            // Half the difference of two distributions is what they do not share.
            distance += Math.Clamp(1 - shared, 0, 1);
        }

        return new(agreed, distance / tokens);
    }

    private static float[] Mean(float[] scores, int labels)
    {
        var mean = new float[labels];
        for (var start = 0; start < scores.Length; start += labels) TensorPrimitives.Add(mean, scores.AsSpan(start, labels), mean);
        TensorPrimitives.Divide(mean, scores.Length / labels, mean);
        return mean;
    }
}
