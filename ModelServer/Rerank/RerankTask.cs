using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Rerank;

/// <summary>Cross-encoders: sequence classifiers with a single label; and, where <c>serving.json</c> says so, models that answer yes or no.</summary>
internal sealed class RerankTask(EncoderFactory encoders) : ITask
{
    public const string Id = "text-ranking";

    public string Name => Id;

    public bool Recognises(ModelSource source) => source.Config.Is("ForSequenceClassification") && source.Labels.Length == 1 && !source.IsTokenizerAlone;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
    {
        var settings = RerankSettings.Read(source);
        return encoders.Load(source, settings.Output(source.Tokenizer.VocabularySize), settings.Reader, source.MaxTokens(), engine => new RerankModel(source, settings, engine), cancellationToken);
    }
}
