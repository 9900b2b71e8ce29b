using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Tokenize;

/// <summary>Folders that hold a tokenizer and no graph.</summary>
internal sealed class TokenizerTask : ITask
{
    public const string Id = "tokenizer";

    public string Name => Id;

    public bool Recognises(ModelSource source) => source.IsTokenizerAlone;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken) => new TokenizerModel(source);
}

/// <summary>A tokenizer alone: it answers tokenize and detokenize, as every model does, and nothing else.</summary>
internal sealed class TokenizerModel(ModelSource source) : LoadedModel(TokenizerTask.Id, source, source.MaxTokens());
