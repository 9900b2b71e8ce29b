using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.SentenceTransformers;

namespace ModelServer.Embed;

/// <summary>Sentence-transformers, and encoders without a head.</summary>
internal sealed class EmbeddingTask(EncoderFactory encoders) : ITask
{
    public const string Id = "feature-extraction";

    public string Name => Id;

    /// <summary>A cross-encoder of sentence-transformers may list modules too; its architecture tells it apart. Models of sparse vectors and of token vectors list modules of their own.</summary>
    public bool Recognises(ModelSource source)
        => !source.IsTokenizerAlone
            && !source.Config.Is("ForSequenceClassification")
            && !VectorKinds.IsSparse(source)
            && !VectorKinds.IsPerToken(source)
            && (source.Folder.Find("modules.json") is not null || (source.Config.Is("Model") && !source.Config.Is("LMHeadModel")));

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
    {
        var settings = EmbeddingSettings.Read(source.Folder, source.Serving, KnownEmbedder.Of(source));
        if (KnownEmbedder.Warning(source, settings) is { } warning) source.Warn(warning);
        var maxTokens = source.MaxTokens(settings.Files.MaxTokens);
        return encoders.Load(source, settings.Output, settings.Reader, maxTokens, engine => new EmbeddingModel(source, settings, maxTokens, engine), cancellationToken);
    }
}
