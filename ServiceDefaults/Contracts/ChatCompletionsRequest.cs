using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
public sealed record ChatCompletionsRequest([property: Required, MinLength(1)] ChatMessage[] Messages) : OpenAIFields
{
    public const int MaxTopLogprobs = 20, MaxTools = 128;

    [Description("The most tokens of each answer; without it as many as the model's window has room for."), Range(1, int.MaxValue)]
    public int? MaxCompletionTokens { get; init; }

    [Description("The older name of max_completion_tokens."), Range(1, int.MaxValue)]
    public override int? MaxTokens { get; init; }

    [Description("Tell the log probability of each token."), DefaultValue(false)]
    public bool? Logprobs { get; init; }

    [Description("How many likely tokens to tell with each chosen one."), Range(0, MaxTopLogprobs)]
    public int? TopLogprobs { get; init; }

    [Description("Functions that the model may call."), MaxLength(MaxTools)]
    public ChatTool[]? Tools { get; init; }

    [Description("auto: the model may call tools; none: it does not; required: it does; {\"type\":\"function\",\"function\":{\"name\"}}: it calls this one; {\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\",\"tools\"}}: these alone. Default: auto where there are tools.")]
    public JsonElement? ToolChoice { get; init; }

    [Description("Whether one answer may call several tools."), DefaultValue(true)]
    public bool? ParallelToolCalls { get; init; }

    [Description("The older form of tools. The answer then has function_call."), MaxLength(MaxTools)]
    public ChatFunction[]? Functions { get; init; }

    [Description("The older form of tool_choice: auto, none or {\"name\"}.")]
    public JsonElement? FunctionCall { get; init; }

    [Description("Text alone: [\"text\"].")]
    public string[]? Modalities { get; init; }

    [Description("Variables of the model's chat template by name, such as enable_thinking.")]
    public JsonElement? ChatTemplateKwargs { get; init; }

    [Description("Texts that the answer may rest on, for chat templates that have a place for them: objects such as {\"title\": …, \"text\": …}.")]
    public JsonElement? Documents { get; init; }

    [Description("Begin an assistant's turn behind the conversation. Not with continue_final_message."), DefaultValue(true)]
    public bool? AddGenerationPrompt { get; init; }

    [Description("Go on with the last message, an assistant's, instead of beginning another."), DefaultValue(false)]
    public bool? ContinueFinalMessage { get; init; }
}

public sealed record ChatMessage(
    [property: AllowedValues("system", "developer", "user", "assistant", "tool", "function"), Required] string Role,
    [property: Description("A text, or parts of the type text; of an assistant also of the type refusal. May be left out where an assistant calls tools.")] MessageContent? Content)
{
    [Description("Of the role function: the function that answers. Of others: what the model's chat template makes of it.")]
    public string? Name { get; init; }

    [Description("Of an assistant: the calls it made.")]
    public ChatToolCall[]? ToolCalls { get; init; }

    [Description("Of a tool, and required there: the call that it answers.")]
    public string? ToolCallId { get; init; }

    [Description("Of an assistant: what it thought, for chat templates that have a place for it.")]
    public string? ReasoningContent { get; init; }

    [Description("The older form of tool_calls.")]
    public ChatFunctionCall? FunctionCall { get; init; }
}
