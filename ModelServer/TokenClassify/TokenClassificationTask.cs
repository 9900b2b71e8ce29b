using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.TokenClassify;

/// <summary>Token classifiers: scores of labels for each token, such as those of named entities.</summary>
internal sealed class TokenClassificationTask(EncoderFactory encoders) : ITask
{
    public const string Id = "token-classification";

    public string Name => Id;

    public bool Recognises(ModelSource source) => source.Config.Is("ForTokenClassification") && !source.IsTokenizerAlone && source.Folder.Find("modules.json") is null;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
        => encoders.Load(source, new OutputChoice(["logits"], 3), TokenScores.Read, source.MaxTokens(), engine => new TokenClassificationModel(source, engine), cancellationToken);
}
