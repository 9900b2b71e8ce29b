using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Scheduling;
using ServiceDefaults.Drift;

namespace ModelServer.AnswerQuestions;

/// <summary>A loaded reader of contexts: a row is the <see cref="TokenLogits"/> of a window.</summary>
internal sealed class QuestionAnsweringModel : EncoderModel
{
    /// <exception cref="ModelLoadException">The tokenizer puts its padding before the text.</exception>
    public QuestionAnsweringModel(ModelSource source, EncoderEngine engine)
        : base(QuestionAnsweringTask.Id, source, source.MaxTokens(), engine)
    {
        // Hugging Face's pipeline then puts the context first and lets any token begin an answer, also the question's.
        if (Tokenizer.Padding.Left) throw new ModelLoadException("The tokenizer pads on the left; a model for question-answering with such a tokenizer is not served.");
        Cls = FindCls();
    }

    /// <summary>The id of the token that stands for no answer; null where the tokenizer has none.</summary>
    public int? Cls { get; }

    public override string ScoreName => DriftFeatures.Confidence;

    /// <summary>How sure the model is of where an answer begins and ends, over all tokens of a window.</summary>
    public override RowFeatures Features(ReadOnlySpan<float> row)
    {
        var logits = new TokenLogits(row);
        return new(Probabilities.OfBest(logits.Start) * Probabilities.OfBest(logits.End));
    }

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden is not { Context: { } context, Answer: { } expected }) throw check.IsNotOf(Task);
        var answers = new AnswerList(context, new());
        try
        {
            var windows = new ContextReader(Tokenizer, MaxTokens, new(), int.MaxValue).Read([new("text", golden.Text, "context", context)]);
            var sequences = windows.ConvertAll(w => Encode(w, MaxTokens, QueueLane.Server, "context", truncate: false));
            Engine.Queue.Add(sequences);
            for (var i = 0; i < windows.Count; i++) answers.Add(windows[i], sequences[i].Completion.GetAwaiter().GetResult(), Cls);
        }
        catch (InvalidFieldException e)
        {
            throw check.Wrong($": {e.Message}", e);
        }

        var best = answers.Best().First();
        if (best.Text != expected) throw new ModelLoadException($"Golden case {check.Number} answers '{best.Text}' instead of '{expected}'.");
        check.Compare($"'{expected}'", best.Score, golden.Score!.Value);
    }

    /// <summary>By the best start and the best end of each window, and by how far the probabilities are apart.</summary>
    public override RowComparison Compare(ReadOnlyMemory<float>[] rows, EncoderModel other, ReadOnlyMemory<float>[] others, double minCosine)
        => RowComparison.OfAll(rows, others, (a, b) => a.Length == b.Length ? Compare(new TokenLogits(a), new TokenLogits(b)) : new(false, 1));

    private static RowComparison Compare(TokenLogits a, TokenLogits b)
    {
        var agreed = TensorPrimitives.IndexOfMax(a.Start) == TensorPrimitives.IndexOfMax(b.Start) && TensorPrimitives.IndexOfMax(a.End) == TensorPrimitives.IndexOfMax(b.End);
        return new(agreed, (Distance(a.Start, b.Start) + Distance(a.End, b.End)) / 2);
    }

    /// <summary>Half of what two distributions differ by: 0 to 1.</summary>
    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var all = new bool[a.Length];
        Array.Fill(all, true);
        return TensorPrimitives.SumOfMagnitudes<float>(Difference(Probabilities.Of(a, all), Probabilities.Of(b, all))) / 2;
    }

    private static float[] Difference(float[] a, float[] b)
    {
        TensorPrimitives.Subtract(a, b, a);
        return a;
    }

    /// <summary>As the tokenizer's files name it; where they do not, what the template begins with, unless that only marks the beginning of a text.</summary>
    private int? FindCls()
    {
        if (Tokenizer.Config.Role("cls_token") is { } named) return Tokenizer.TokenToId(named);
        var template = Tokenizer.Encode("", "");
        return template.Ids is [var first, ..] && template.Sequences[0] < 0 && Tokenizer.IdToToken(first) != Tokenizer.Config.Role("bos_token") ? first : null;
    }
}
