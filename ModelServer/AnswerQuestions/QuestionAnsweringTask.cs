using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.AnswerQuestions;

/// <summary>Extractive readers: for each token of a question and its context, how well an answer begins there and how well it ends there.</summary>
internal sealed class QuestionAnsweringTask(EncoderFactory encoders) : ITask
{
    public const string Id = "question-answering";

    private static readonly OutputChoice[] Outputs = [OutputChoice.NumberPerToken("start_logits"), OutputChoice.NumberPerToken("end_logits")];

    public string Name => Id;

    public bool Recognises(ModelSource source) => source.Config.Is("ForQuestionAnswering") && !source.IsTokenizerAlone;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
        => encoders.Load(source, Outputs, TokenLogits.Read, source.MaxTokens(), engine => new QuestionAnsweringModel(source, engine), cancellationToken);
}
