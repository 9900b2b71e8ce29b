using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Classify;

/// <summary>Sequence classifiers: scores for two labels and more.</summary>
internal sealed class ClassificationTask(EncoderFactory encoders) : ITask
{
    public const string Id = "text-classification";

    public string Name => Id;

    public bool Recognises(ModelSource source) => source.Config.Is("ForSequenceClassification") && source.Labels.Length != 1 && !source.IsTokenizerAlone;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
        => encoders.Load(source, new OutputChoice(["logits"], 2), RowReaders.Copy, source.MaxTokens(), engine => new ClassificationModel(source, engine), cancellationToken);
}
