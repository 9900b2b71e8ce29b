using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.TokenClassify;

/// <summary>Answers token classification requests: logits from the engine, entities from logits. Long texts are read in windows that are admitted together.</summary>
internal sealed class TokenClassifier(EncoderPipeline pipeline)
{
    public async Task<TokenClassifications> ClassifyAsync(TokenClassifyInputs request, Caller caller, CancellationToken cancellationToken)
    {
        var inputs = Array.ConvertAll(request.Texts, text => new TextInput(text));
        var encoderRequest = new EncoderRequest<TokenClassificationModel>(TokenClassificationTask.Id, request.Model, inputs, caller, Truncate: request.Truncate)
        {
            Overlap = model => request.Truncate ? null : Overlap(model, request.Stride),
        };
        var result = await pipeline.RunAsync(encoderRequest, cancellationToken);

        var finder = new EntityFinder(result.Model, request.Aggregation, request.Ignored);
        var (entities, next) = (new TextEntities[inputs.Length], 0);
        for (var i = 0; i < entities.Length; i++)
        {
            var first = next;
            while (next < result.Sequences.Length && result.Sequences[next].Input == i) next++;
            entities[i] = new(finder.Find(request.Texts[i], result.Sequences.AsSpan(first..next), result.Rows.AsSpan(first..next)));
        }

        return new(result.Version, entities, result.Tokens, result.Timing);
    }

    private static int Overlap(TokenClassificationModel model, int? asked)
        => asked <= model.MostOverlap || asked is null
            ? asked ?? model.UsualOverlap
            : throw new InvalidFieldException("stride", $"stride must be 0 to {model.MostOverlap} for this model.");
}

/// <summary>Texts to be searched.</summary>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the default.</param>
/// <param name="Ignored">Labels that are left out.</param>
/// <param name="Stride">Tokens that two windows of a long text share; null for the model's usual number.</param>
/// <param name="Truncate">Whether long texts are cut instead.</param>
internal sealed record TokenClassifyInputs(string? Model, string[] Texts, Aggregation Aggregation, HashSet<string> Ignored, int? Stride, bool Truncate);

/// <summary>What was found, one for each text.</summary>
/// <param name="Tokens">Those that two windows share count twice.</param>
internal sealed record TokenClassifications(ModelVersion Version, TextEntities[] Results, int Tokens, Timing Timing);
