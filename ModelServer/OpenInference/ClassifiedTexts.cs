using ModelServer.Classify;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>The best label of each text: its index, as KServe's server for Hugging Face models gives it, its name and score, and the scores of all.</summary>
internal sealed class ClassifiedTexts(Classifier classifier) : ITextTensors
{
    public string Task => ClassificationTask.Id;

    public long[] InputShape => [-1];

    public TensorSpec[] Outputs(LoadedModel model) =>
    [
        new(TextPipeline.Output, TensorType.Int64, -1), new("label", TensorType.Text, -1), new("score", TensorType.Fp32, -1), new("scores", TensorType.Fp32, -1, model.Labels.Length),
    ];

    public async Task<TextAnswer> AnswerAsync(string reference, string[] texts, Caller caller, CancellationToken cancellationToken)
    {
        var result = await classifier.ClassifyAsync(reference, Array.ConvertAll(texts, t => new TextInput(t)), TextPipeline.Input, caller, maxTokens: null, truncate: true, cancellationToken);
        var best = Array.ConvertAll(result.Scores, s => (long)Array.IndexOf(s, s.Max()));
        long[] rows = [texts.Length];
        return new(result.Version, result.Timing,
        [
            TextAnswer.Of(TextPipeline.Output, TensorType.Int64, rows, best),
            new("label", TensorType.Text, rows, default) { Texts = Array.ConvertAll(best, i => result.Labels[i]) },
            TextAnswer.Of("score", TensorType.Fp32, rows, [.. best.Select((label, i) => result.Scores[i][label])]),
            TextAnswer.Of("scores", TensorType.Fp32, [texts.Length, result.Labels.Length], [.. result.Scores.SelectMany(s => s)]),
        ]);
    }
}
