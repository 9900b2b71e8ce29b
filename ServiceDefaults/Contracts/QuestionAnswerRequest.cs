using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/question-answer</c>: a question and its context, or several in <c>inputs</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QuestionAnswerRequest(
    [property: Description("What is asked. Never cut."), MinLength(1)] string? Question = null,
    [property: Description("The text that holds the answer; read in overlapping windows where it is longer than the model takes."), MinLength(1)] string? Context = null,
    [property: Description("Questions with contexts, in place of question and context."), MinLength(1)] QuestionInput[]? Inputs = null,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("The most answers for each question."), DefaultValue(1), Range(1, QuestionAnswerRequest.MostAnswers)] int? TopK = null)
{
    public const int MostAnswers = 100, LongestAnswer = 512, DefaultAnswerLength = 15, DefaultSequenceLength = 384, DefaultStride = 128;

    [Description("The most tokens of an answer."), DefaultValue(DefaultAnswerLength), Range(1, LongestAnswer)]
    public int? MaxAnswerLength { get; init; }

    [Description("Whether no answer, an empty text, is one of the answers."), DefaultValue(false)]
    public bool? HandleImpossibleAnswer { get; init; }

    [Description("Whether answers begin and end where words do, rather than tokens."), DefaultValue(true)]
    public bool? AlignToWords { get; init; }

    [Description("The most tokens of the question and one window of the context together; without it 384, or the model's maximum where that is less."), Range(1, int.MaxValue)]
    public int? MaxSeqLength { get; init; }

    [Description("How many tokens of the context two neighbouring windows share; without it 128, or half of a window where that is less."), Range(0, int.MaxValue)]
    public int? DocStride { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record QuestionInput(
    [property: Description("What is asked. Never cut."), Required, MinLength(1)] string Question,
    [property: Description("The text that holds the answer."), Required, MinLength(1)] string Context);

/// <param name="Results">One for each question, in order.</param>
public sealed record QuestionAnswerResponse(string Model, string ModelVersion, QuestionAnswers[] Results, Usage Usage);

/// <param name="Answers">Best first.</param>
public sealed record QuestionAnswers(ContextAnswer[] Answers);

public sealed record ContextAnswer(
    [property: Description("As the context spells it; empty for no answer.")] string Text,
    [property: Description("The answer's probability; where it is found at several places, the sum over them, which windows that overlap may carry above 1.")] float Score,
    [property: Description("Where the answer begins in the context, in Unicode code points.")] int Start,
    [property: Description("Where it ends.")] int End);
