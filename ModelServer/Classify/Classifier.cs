using System.Numerics.Tensors;
using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.Classify;

/// <summary>Answers classification requests: logits from the engine, scores from logits.</summary>
internal sealed class Classifier(EncoderPipeline pipeline)
{
    /// <param name="field">The field that holds the inputs, for messages.</param>
    public async Task<ClassifierScores> ClassifyAsync(
        string? model, IReadOnlyList<TextInput> inputs, string field, Caller caller, int? maxTokens, bool truncate, CancellationToken cancellationToken)
    {
        var result = await pipeline.RunAsync<ClassificationModel>(new(ClassificationTask.Id, model, inputs, caller, maxTokens, truncate) { Field = field }, cancellationToken);
        var scores = Array.ConvertAll(result.Rows, row => Scores(row.Span, result.Model.MultiLabel));
        return new ClassifierScores(result.Version, result.Model.Labels, scores, result.Rows, result.Tokens, result.Timing);
    }

    /// <summary>Scores from logits, as Hugging Face's text-classification pipeline computes them: softmax over the labels, or a sigmoid for each when several
    /// may hold at once.</summary>
    /// <param name="logits">One row of logits, <c>[labels]</c>.</param>
    public static float[] Scores(ReadOnlySpan<float> logits, bool multiLabel)
    {
        var scores = new float[logits.Length];
        if (multiLabel) TensorPrimitives.Sigmoid(logits, scores);
        else
        {
            // Shifted by the largest logit, so that the exponential cannot overflow.
            TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), scores);
            TensorPrimitives.SoftMax<float>(scores, scores);
        }

        return scores;
    }
}

/// <summary>Scores of one request, <c>[inputs][labels]</c>, with the labels they belong to.</summary>
/// <param name="Logits">What the scores were computed from; not to be written into.</param>
internal sealed record ClassifierScores(ModelVersion Version, string[] Labels, float[][] Scores, ReadOnlyMemory<float>[] Logits, int Tokens, Timing Timing);
