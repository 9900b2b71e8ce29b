using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
public sealed record CompletionsRequest(
    [property: Description("One text, one list of token ids, or a list of such texts and lists."), Required] PromptInput Prompt) : OpenAIFields
{
    public const int DefaultTokens = 16, MaxLogprobs = 5;

    [Description("The most tokens of each answer."), Range(0, int.MaxValue), DefaultValue(DefaultTokens)]
    public override int? MaxTokens { get; init; }

    [Description("Repeat the prompt in front of the answer, with its log probabilities where those of the answer are asked for."), DefaultValue(false)]
    public bool? Echo { get; init; }

    [Description("How many likely tokens to tell with each chosen one."), Range(0, MaxLogprobs)]
    public int? Logprobs { get; init; }

    [Description("The same as n, or nothing.")]
    public int? BestOf { get; init; }

    [Description("Not supported: refused unless empty.")]
    public string? Suffix { get; init; }
}
