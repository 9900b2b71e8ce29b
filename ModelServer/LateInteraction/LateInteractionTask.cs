using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.SentenceTransformers;

namespace ModelServer.LateInteraction;

/// <summary>ColBERT and its kin: a vector for each token, compared late.</summary>
internal sealed class LateInteractionTask(EncoderFactory encoders) : ITask
{
    public const string Id = "late-interaction";

    public string Name => Id;

    public bool Recognises(ModelSource source) => VectorKinds.IsPerToken(source);

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
    {
        var settings = LateInteractionSettings.Read(source);
        if (settings is { Expansion: not null, AttendsToExpansion: false } && !GraphNodes.Read(source.Graph).Any(n => n.Inputs.Contains("attention_mask")))
            throw new ModelLoadException("The graph has no attention_mask: what queries are filled up with would be attended to. Set expandQueries to false, or attendToExpansion to true, in lateInteraction of serving.json.");
        var maxTokens = Math.Max(settings.QueryLength, settings.DocumentLength);
        return encoders.Load(source, LateInteractionSettings.Output, settings.Reader, maxTokens, engine => new LateInteractionModel(source, settings, maxTokens, engine), cancellationToken);
    }
}
