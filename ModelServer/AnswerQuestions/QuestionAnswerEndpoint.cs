using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.AnswerQuestions;

/// <summary><c>POST /v1/question-answer</c>: the parts of contexts that answer questions, best first.</summary>
internal static class QuestionAnswerEndpoint
{
    public static async Task<IResult> HandleAsync(QuestionAnswerRequest request, QuestionAnswerer answerer, IOptions<AnswerOptions> options, HttpContext http)
    {
        var questions = request.Inputs is { } inputs
            ? inputs.Select((q, i) => new AskedQuestion($"inputs[{i}].question", q.Question, $"inputs[{i}].context", q.Context)).ToArray()
            : [new("question", request.Question!, "context", request.Context!)];
        var result = await answerer.AnswerAsync(request.Model, questions, SettingsOf(request), options.Value.MaxWindows, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        return TypedResults.Ok(new QuestionAnswerResponse(
            result.Version.Name, result.Version.Version, [.. questions.Zip(result.Answers, (q, answers) => Tell(q.Context, answers))], Usage.OfPrompt(result.Tokens)));
    }

    public static FieldError? Validate(this QuestionAnswerRequest request, AnswerOptions options) => request switch
    {
        { Inputs: not null, Question: not null } => new("question", "question is another way than inputs; one of them is enough."),
        { Inputs: not null, Context: not null } => new("context", "context is another way than inputs; one of them is enough."),
        { TopK: < 1 } or { TopK: > QuestionAnswerRequest.MostAnswers } => new("top_k", $"top_k must be 1 to {QuestionAnswerRequest.MostAnswers}."),
        { MaxAnswerLength: < 1 } or { MaxAnswerLength: > QuestionAnswerRequest.LongestAnswer } => new("max_answer_length", $"max_answer_length must be 1 to {QuestionAnswerRequest.LongestAnswer}."),
        { MaxSeqLength: < 1 } => new("max_seq_length", "max_seq_length must be at least 1."),
        { DocStride: < 0 } => new("doc_stride", "doc_stride must be at least 0."),
        { Inputs: [] } => new("inputs", "inputs must not be empty."),
        { Inputs: { } inputs } when inputs.Length > options.MaxInputs => new("inputs", $"inputs has {inputs.Length} items; at most {options.MaxInputs} are allowed."),
        { Inputs: { } inputs } => inputs.Select((q, i) => Validate(q?.Question, q?.Context, $"inputs[{i}].")).FirstOrDefault(e => e is not null),
        _ => Validate(request.Question, request.Context, ""),
    };

    private static FieldError? Validate(string? question, string? context, string prefix) => (question, context) switch
    {
        (null, _) => FieldError.Required($"{prefix}question"),
        (_, null) => FieldError.Required($"{prefix}context"),
        ("", _) => new($"{prefix}question", $"{prefix}question must not be empty."),
        (_, "") => new($"{prefix}context", $"{prefix}context must not be empty."),
        _ => null,
    };

    private static AnswerSettings SettingsOf(QuestionAnswerRequest request) => new()
    {
        TopK = request.TopK ?? 1,
        MaxAnswerTokens = request.MaxAnswerLength ?? QuestionAnswerRequest.DefaultAnswerLength,
        HandleImpossibleAnswer = request.HandleImpossibleAnswer ?? false,
        AlignToWords = request.AlignToWords ?? true,
        WindowTokens = request.MaxSeqLength ?? QuestionAnswerRequest.DefaultSequenceLength,
        Stride = request.DocStride,
    };

    private static QuestionAnswers Tell(string context, FoundAnswer[] answers)
        => new(Array.ConvertAll(answers, a => new ContextAnswer(a.Text, (float)a.Score, CodePoints(context, a.Place.Start), CodePoints(context, a.Place.End))));

    /// <summary>Unicode code points before a place, which clients in Python count by.</summary>
    private static int CodePoints(string text, int place)
    {
        var count = place;
        for (var i = 1; i < place; i++) count -= char.IsSurrogatePair(text[i - 1], text[i]) ? 1 : 0;
        return count;
    }
}
