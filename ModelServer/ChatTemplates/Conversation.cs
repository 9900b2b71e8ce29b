using System.Text.Json;

namespace ModelServer.ChatTemplates;

/// <summary>What a chat template makes a prompt of.</summary>
/// <param name="Turns">At least one, oldest first.</param>
internal sealed record Conversation(IReadOnlyList<ChatTurn> Turns)
{
    /// <summary>Functions that the model may call.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>Texts that the answer may rest on, an array as the request gave it; null for none.</summary>
    public JsonElement? Documents { get; init; }

    /// <summary>Further variables of the template, an object (vLLM's <c>chat_template_kwargs</c>); null for none.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>Whether the prompt ends with the beginning of an assistant's turn.</summary>
    public bool AddsPrompt { get; init; } = true;

    /// <summary>Whether the answer goes on with the last turn, which stays open, instead of beginning one.</summary>
    public bool ContinuesLastTurn { get; init; }
}

/// <param name="Role">system, user, assistant or tool; what else a template may know.</param>
/// <param name="Text">Null where the turn only calls tools.</param>
internal sealed record ChatTurn(string Role, string? Text)
{
    public string? Name { get; init; }

    /// <summary>Of an assistant: what it thought before it answered.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Of an assistant.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>Of a tool: the call that it answers.</summary>
    public string? ToolCallId { get; init; }
}

/// <param name="Arguments">JSON text, as the model wrote it.</param>
internal sealed record ToolCall(string Id, string Name, string Arguments);

/// <param name="Parameters">JSON schema of its arguments; null for none.</param>
/// <param name="IsStrict">Whether arguments must follow the schema.</param>
/// <param name="Source">As templates expect it: <c>{"type":"function","function":{…}}</c>.</param>
internal sealed record ToolDefinition(string Name, string? Description, JsonElement? Parameters, bool IsStrict, JsonElement Source);
