using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Rerank;

/// <summary>Cross-encoders: sequence classifiers with a single label.</summary>
internal sealed class RerankTask(EncoderFactory encoders) : ITask
{
    public const string Id = "text-ranking";

    public string Name => Id;

    public bool Recognises(ModelSource source) => source.Config.Is("ForSequenceClassification") && source.Labels.Length == 1 && !source.IsTokenizerAlone;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
        => encoders.Load(source, new OutputChoice(["logits"], 2), RowReaders.Copy, source.MaxTokens(), engine => new RerankModel(source, engine), cancellationToken);
}
