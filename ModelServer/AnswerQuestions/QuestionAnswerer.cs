using ModelServer.Answers;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.AnswerQuestions;

/// <summary>Answers questions out of their contexts.</summary>
internal sealed class QuestionAnswerer(EncoderPipeline pipeline)
{
    /// <param name="model"><c>name</c>, <c>name:version</c> or null for the default.</param>
    /// <param name="questions">At least one.</param>
    /// <param name="mostWindows">Of all contexts together.</param>
    public async Task<AnsweredQuestions> AnswerAsync(
        string? model, IReadOnlyList<AskedQuestion> questions, AnswerSettings settings, int mostWindows, Caller caller, CancellationToken cancellationToken)
    {
        var request = new EncoderRequest<QuestionAnsweringModel>(QuestionAnsweringTask.Id, model, [], caller) { Adapt = m => Read(m, questions, settings, mostWindows) };
        var result = await pipeline.RunAsync(request, cancellationToken);

        AnswerList[] answers = [.. questions.Select(q => new AnswerList(q.Context, settings))];
        for (var i = 0; i < result.Rows.Length; i++)
        {
            var window = (QuestionWindow)result.Inputs[i];
            answers[window.Question].Add(window, result.Rows[i].Span, result.Model.Cls);
        }

        return new(result.Version, Array.ConvertAll(answers, a => a.Best().ToArray()), result.Tokens, result.Timing);
    }

    private static List<QuestionWindow> Read(QuestionAnsweringModel model, IReadOnlyList<AskedQuestion> questions, AnswerSettings settings, int mostWindows)
    {
        // How many windows there are is known once all is tokenized; a full queue is not to cost that.
        model.Engine.Admission.Check(questions.Count, questions.Sum(q => (long)model.UpperBound(new TextInput(q.Question, q.Context), settings.WindowTokens)));
        return new ContextReader(model.Tokenizer, model.MaxTokens, settings, mostWindows).Read(questions);
    }
}

/// <param name="Answers">Of each question, best first.</param>
internal sealed record AnsweredQuestions(ModelVersion Version, FoundAnswer[][] Answers, int Tokens, Timing Timing);
