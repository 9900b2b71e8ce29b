using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Tokenize;

/// <summary>Folders that hold a tokenizer and no graph.</summary>
internal sealed class TokenizerTask : ITask
{
    public const string Id = "tokenizer";

    public string Name => Id;

    public bool Recognises(ModelSource source) => source.IsTokenizerAlone;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
    {
        if (source is { Serving.Task: null, Config.Architectures: { Length: > 0 } of })
            source.Warn($"config.json tells of a model ({of[0]}), but there is no .onnx file: the version serves tokenize and detokenize alone. Export the model to ONNX.");
        return new TokenizerModel(source);
    }
}

/// <summary>A tokenizer alone: it answers tokenize and detokenize, as every model does, and nothing else.</summary>
internal sealed class TokenizerModel(ModelSource source) : LoadedModel(TokenizerTask.Id, source, source.MaxTokens());
