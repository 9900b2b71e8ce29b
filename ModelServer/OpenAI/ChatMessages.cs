using ModelServer.ChatTemplates;

namespace ModelServer.OpenAI;

/// <summary>The messages of a chat request, and the turns of a conversation that they are.</summary>
internal static class ChatMessages
{
    private const int MostCalls = 128;

    /// <summary>What is wrong with them, or null. An answer must be to a call before it: templates look for that, and a model is told nonsense without.</summary>
    public static FieldError? Validate(IReadOnlyList<ChatMessage> messages)
    {
        var (calls, functions) = (new HashSet<string>(), new HashSet<string>());
        for (var i = 0; i < messages.Count; i++)
        {
            var field = $"messages[{i}]";
            if (Check(messages[i], field) is { } error) return error;
            var message = messages[i];
            foreach (var call in message.ToolCalls ?? []) calls.Add(call.Id);
            if (message.FunctionCall is { } old) functions.Add(old.Name);
            switch (message.Role)
            {
                case "tool" when message.ToolCallId is null: return FieldError.Required($"{field}.tool_call_id");
                case "tool" when !calls.Contains(message.ToolCallId):
                    return new($"{field}.tool_call_id", $"No assistant's message before it has a call of the id {message.ToolCallId}: messages of the role tool answer one.");
                case "function" when message.Name is null: return FieldError.Required($"{field}.name");
                case "function" when !functions.Contains(message.Name):
                    return new($"{field}.name", $"No assistant's message before it calls the function {message.Name}: messages of the role function answer a call.");
            }
        }

        return null;
    }

    public static ChatTurn[] ToTurns(IReadOnlyList<ChatMessage> messages)
    {
        // Calls of the older form have no ids: their places are.
        var last = new Dictionary<string, string>();
        return [.. messages.Select(ToTurn)];

        ChatTurn ToTurn(ChatMessage message, int index)
        {
            var calls = (message.ToolCalls ?? []).Select(c => new ToolCall(c.Id, c.Function.Name, c.Function.Arguments));
            if (message.FunctionCall is { } old) calls = calls.Append(new(last[old.Name] = $"call_{index}", old.Name, old.Arguments));
            var role = message.Role switch
            {
                "developer" => "system",
                "function" => "tool",
                var other => other,
            };
            return new(role, message.Content?.Text)
            {
                Name = message.Name,
                Reasoning = message.ReasoningContent,
                ToolCalls = [.. calls],
                ToolCallId = message.Role == "function" ? last[message.Name!] : message.ToolCallId,
            };
        }
    }

    private static FieldError? Check(ChatMessage? message, string field) => message switch
    {
        null or { Role: null } => new($"{field}.role", "Every message needs a role."),
        { Role: not ("system" or "developer" or "user" or "assistant" or "tool" or "function") }
            => new($"{field}.role", "role must be system, developer, user, assistant, tool or function."),
        { Role: not "assistant", ToolCalls.Length: > 0 } => new($"{field}.tool_calls", "tool_calls belongs to messages of an assistant."),
        { Role: not "assistant", FunctionCall: not null } => new($"{field}.function_call", "function_call belongs to messages of an assistant."),
        { Role: not "assistant", ReasoningContent: not (null or "") } => new($"{field}.reasoning_content", "reasoning_content belongs to messages of an assistant."),
        { ToolCalls.Length: > MostCalls } => new($"{field}.tool_calls", $"tool_calls has {message.ToolCalls.Length} items; at most {MostCalls} are allowed."),
        _ when (message.ToolCalls ?? []).Select((c, i) => Check(c, $"{field}.tool_calls[{i}]")).FirstOrDefault(e => e is not null) is { } error => error,
        { FunctionCall: { Name: null } or { Arguments: null } } => new($"{field}.function_call", "function_call needs name and arguments."),
        { Content: null } when message is { ToolCalls.Length: > 0 } or { FunctionCall: not null } => null,
        { Content: null } => new($"{field}.content", "Every message needs content, but that of an assistant that calls tools."),
        { Content.Parts: [] } => new($"{field}.content", "content must not be an empty list."),
        _ => message.Content.Parts.Select(p => Check(p, message.Role, $"{field}.content")).FirstOrDefault(e => e is not null),
    };

    private static FieldError? Check(ChatToolCall? call, string field) => call switch
    {
        null or { Id: null or "" } => new($"{field}.id", "Every call needs an id."),
        { Type: not (null or "function") } => FieldError.Unsupported($"{field}.type", $"Calls of the type {call.Type} are not supported; function is."),
        { Function: null or { Name: null or "" } } => new($"{field}.function", "Every call needs a function with a name."),
        { Function.Arguments: null } => new($"{field}.function.arguments", "Every call needs arguments, a JSON text."),
        _ => null,
    };

    private static FieldError? Check(ContentPart part, string role, string field) => part.Type switch
    {
        "text" => null,
        "refusal" => role == "assistant" ? null : new(field, "Parts of the type refusal belong to messages of an assistant."),
        var type => FieldError.Unsupported(field, $"content has a part of the type {type}, which is not supported; text is."),
    };
}
