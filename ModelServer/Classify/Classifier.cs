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
        var scores = Array.ConvertAll(result.Rows, row => ClassificationScores.From(row.Span, result.Model.MultiLabel));
        return new ClassifierScores(result.Version, result.Model.Labels, scores, result.Tokens, result.Timing);
    }
}

/// <summary>Scores of one request, <c>[inputs][labels]</c>, with the labels they belong to.</summary>
internal sealed record ClassifierScores(ModelVersion Version, string[] Labels, float[][] Scores, int Tokens, Timing Timing);
