using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /generate</c> and <c>POST /generate_stream</c>, as Text Generation Inference takes it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TgiRequest([property: Description("The text to continue."), Required, MinLength(1)] string Inputs)
{
    [Description("name or name:version; without it the default model of the task.")]
    public string? Model { get; init; }

    [Description("Without it tokens are sampled as the model has them.")]
    public TgiParameters? Parameters { get; init; }

    [Description("On /generate, answer as /generate_stream does."), DefaultValue(false)]
    public bool? Stream { get; init; }

    [Description("Ignored.")]
    public JsonElement? Options { get; init; }
}

/// <summary>How to continue a text: that server's names beside ours.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TgiParameters : SamplingFields
{
    public const int DefaultTokens = GenerateRequest.DefaultLength;

    private const string NotSupported = "Not supported: refused unless it asks for nothing.";

    [Description("The most tokens to generate; fewer where the model's window ends first."), Range(1, int.MaxValue), DefaultValue(DefaultTokens)]
    public int? MaxNewTokens { get; init; }

    [Description("Sample; without it the most likely token is taken, unless temperature, top_k, top_p or min_p ask for sampling."), DefaultValue(false)]
    public bool? DoSample { get; init; }

    [Description("Repeat the text before its continuation."), DefaultValue(false)]
    public bool? ReturnFullText { get; init; }

    [Description("Tell the tokens, and why the text ends."), DefaultValue(false)]
    public bool? Details { get; init; }

    [Description("The older name of stop.")]
    public StopInput? StopSequences { get; init; }

    [Description("Keep so many of the text's last tokens."), Range(1, int.MaxValue)]
    public int? Truncate { get; init; }

    [Description("One: 1 alone.")]
    public int? BestOf { get; init; }

    [Description("All: 1 alone.")]
    public float? TypicalP { get; init; }

    [Description("None: 0 alone.")]
    public int? TopNTokens { get; init; }

    [Description(NotSupported)]
    public bool? DecoderInputDetails { get; init; }

    [Description(NotSupported)]
    public bool? Watermark { get; init; }

    [Description(NotSupported)]
    public JsonElement? Grammar { get; init; }

    [Description(NotSupported)]
    public string? AdapterId { get; init; }
}

public sealed record TgiResponse(
    [property: Description("The continuation, a stop string that ended it included.")] string GeneratedText,
    [property: Description("Where the request asks for them."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TgiDetails? Details = null);

/// <param name="Seed">The request's.</param>
/// <param name="Prefill">Always empty.</param>
public sealed record TgiDetails(
    [property: Description("length, eos_token or stop_sequence.")] string FinishReason, int GeneratedTokens, long? Seed, TgiToken[] Prefill, TgiToken[] Tokens);

/// <param name="Special">Whether it is no part of the text.</param>
public sealed record TgiToken(int Id, string Text, float? Logprob, bool Special);

/// <summary>An event of <c>POST /generate_stream</c>.</summary>
/// <param name="Index">From 1.</param>
/// <param name="GeneratedText">The whole text, in the last event; null before.</param>
/// <param name="Details">In the last event, where the request asks for them.</param>
public sealed record TgiEvent(int Index, TgiToken Token, string? GeneratedText, TgiStreamDetails? Details);

public sealed record TgiStreamDetails(string FinishReason, int GeneratedTokens, long? Seed, int InputLength);
