using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace ServiceDefaults.Contracts;

/// <summary>The fields by which every generating route says how tokens are chosen and where a text ends. OpenAI's, and those that other servers added to them.</summary>
public abstract record SamplingFields
{
    public const int MaxStopTokens = 128;

    [Description("0 takes the most likely token each time; above, the more the freer."), Range(0.0, 2.0)]
    public float? Temperature { get; init; }

    [Description("Keeps the most likely tokens that together have this probability."), Range(0.0, 1.0)]
    public float? TopP { get; init; }

    [Description("Keeps so many of the most likely tokens; 0 and -1 keep all."), Range(-1, int.MaxValue)]
    public int? TopK { get; init; }

    [Description("Keeps tokens at least this share as likely as the best one."), Range(0.0, 1.0)]
    public float? MinP { get; init; }

    [Description("Above 1, tokens of prompt and answer become less likely."), Range(0.01, 100.0)]
    public float? RepetitionPenalty { get; init; }

    [Description("Taken once from every token already in the answer."), Range(-2.0, 2.0)]
    public float? PresencePenalty { get; init; }

    [Description("Taken from a token for each time it is already in the answer."), Range(-2.0, 2.0)]
    public float? FrequencyPenalty { get; init; }

    [Description("By token id, -100 to 100, what to add to its logit.")]
    public Dictionary<int, float>? LogitBias { get; init; }

    [Description("Makes the answer repeatable.")]
    public long? Seed { get; init; }

    [Description("At most 4 strings that end the answer and are no part of it.")]
    public StopInput? Stop { get; init; }

    [Description("Tokens that end the answer beside the model's own end tokens."), MaxLength(MaxStopTokens)]
    public int[]? StopTokenIds { get; init; }

    [Description("The string of stop that ends the answer is its last part."), DefaultValue(false)]
    public bool? IncludeStopStrInOutput { get; init; }

    [Description("Leave special tokens out of the answer."), DefaultValue(true)]
    public bool? SkipSpecialTokens { get; init; }

    [Description("Keep so many of the prompt's last tokens; -1 keeps as many as there is room for."), Range(-1, int.MaxValue)]
    public int? TruncatePromptTokens { get; init; }

    [Description("No end token comes before so many tokens."), Range(0, int.MaxValue)]
    public int? MinTokens { get; init; }

    [Description("Go on beyond end tokens.")]
    public bool? IgnoreEos { get; init; }
}
