using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Classify;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.ZeroShot;

/// <summary>Judges labels that a request brings: a classifier of natural language inference reads each text beside a hypothesis for each label.</summary>
internal sealed class ZeroShotClassifier(EncoderPipeline pipeline, ModelCatalog catalog, IOptions<ModelsOptions> models)
{
    /// <summary>The key of <see cref="ModelsOptions.Defaults"/> for requests that name no model.</summary>
    private const string DefaultKey = "zero-shot-classification";

    public async Task<ZeroShotScores> ClassifyAsync(string? model, HypothesisPairs pairs, bool isMultiLabel, Caller caller, CancellationToken cancellationToken)
    {
        var request = new EncoderRequest<ClassificationModel>(ClassificationTask.Id, model ?? Default(caller), [], caller) { Adapt = m => Read(m, pairs) };
        var result = await pipeline.RunAsync(request, cancellationToken);

        var (entailment, labels) = (Entailment.Of(result.Model.Labels)!.Value, pairs.Hypotheses.Length);
        float[][] scores = [.. Enumerable.Range(0, pairs.Texts.Length).Select(i => entailment.Scores(result.Rows.AsSpan(i * labels, labels), isMultiLabel))];
        return new(result.Version, scores, result.Tokens, result.Timing);
    }

    private static EncodedInput[] Read(ClassificationModel model, HypothesisPairs pairs)
    {
        if (Entailment.Of(model.Labels) is null)
        {
            throw new InvalidFieldException(
                "model", $"The model '{model.Source.Folder.Name}' has no label that begins with entail ({string.Join(", ", model.Labels.Take(3))}): it does not judge hypotheses. Use one trained for natural language inference.");
        }

        model.Engine.Admission.Check(pairs.Count, pairs.UpperBound(model));
        return pairs.Tokenize(model);
    }

    /// <summary>The configured model, else the only classifier with a label for entailment; null where neither is, for the default of all classifiers.</summary>
    private string? Default(Caller caller)
    {
        if (models.Value.Defaults.TryGetValue(DefaultKey, out var configured)) return configured;
        var judges = catalog.Versions.Where(v => v.IsVisibleTo(caller.User) && v.Loaded is ClassificationModel judge && Entailment.Of(judge.Labels) is not null);
        return judges.Select(v => v.Name).Distinct().Take(2).ToArray() is [var only] ? only : null;
    }
}

/// <param name="Scores"><c>[texts][labels]</c>, 0 to 1.</param>
internal sealed record ZeroShotScores(ModelVersion Version, float[][] Scores, int Tokens, Timing Timing);
