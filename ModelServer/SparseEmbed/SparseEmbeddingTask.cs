using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.SentenceTransformers;

namespace ModelServer.SparseEmbed;

/// <summary>SPLADE: masked language models whose logits become a weight for each entry of the vocabulary.</summary>
internal sealed class SparseEmbeddingTask(EncoderFactory encoders) : ITask
{
    public const string Id = "sparse-embeddings";

    public string Name => Id;

    public bool Recognises(ModelSource source) => VectorKinds.IsSparse(source);

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
    {
        var settings = SparseSettings.Read(source.Folder);
        var maxTokens = source.MaxTokens(settings.Files.MaxTokens);
        return encoders.Load(source, SparseSettings.Output with { Width = source.Tokenizer.VocabularySize }, settings.Reader, maxTokens, engine => new SparseModel(source, settings, maxTokens, engine), cancellationToken);
    }
}
