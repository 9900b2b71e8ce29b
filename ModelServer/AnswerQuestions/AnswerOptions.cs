using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.AnswerQuestions;

/// <summary>Limits of the question answering route.</summary>
internal sealed class AnswerOptions
{
    public const string SectionName = "QuestionAnswering";

    /// <summary>Most questions in one request.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 256;

    /// <summary>Most windows that the contexts of one request are cut into.</summary>
    [Range(1, 1 << 16)]
    public int MaxWindows { get; set; } = 1024;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class AnswerOptionsValidator : IValidateOptions<AnswerOptions>;
