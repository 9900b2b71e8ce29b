using System.Text.Json;
using ModelServer.Jinja;
using ModelServer.Tokenization.Texts;

namespace ModelServer.ChatTemplates;

/// <summary>A conversation as templates know it from transformers. All texts in it are the caller's; roles are the server's own words, and parts of marks in some templates.</summary>
internal static class ConversationValues
{
    /// <param name="turns">Oldest first.</param>
    /// <param name="end">What is put behind the last turn's text, as the template's own; null for nothing.</param>
    public static JinjaList Messages(IReadOnlyList<ChatTurn> turns, string? end = null)
        => new([.. turns.Select((turn, i) => Message(turn, i == turns.Count - 1 ? end : null))]);

    /// <summary>Null where there are none, as transformers has it.</summary>
    public static JinjaList? Tools(IReadOnlyList<ToolDefinition> tools)
        => tools.Count == 0 ? null : new([.. tools.Select(t => JsonValues.Read(t.Source, isGiven: true))]);

    private static JinjaDict Message(ChatTurn turn, string? end)
    {
        var message = new JinjaDict();
        message.Set("role", new JinjaText(turn.Role, isGiven: !turn.Role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')));
        message.Set("content", Content(turn.Text, end));
        Set("name", turn.Name);
        Set("reasoning_content", turn.Reasoning);
        if (turn.ToolCalls.Count > 0) message.Set("tool_calls", new JinjaList([.. turn.ToolCalls.Select(Call)]));
        Set("tool_call_id", turn.ToolCallId);
        return message;

        void Set(string member, string? text)
        {
            if (text is not null) message.Set(member, Given(text));
        }
    }

    private static JinjaText? Content(string? text, string? end) => end is null
        ? text is null ? null : Given(text)
        : new(text + end, text is { Length: > 0 } ? [new TextSpan(0, text.Length)] : []);

    private static JinjaDict Call(ToolCall call)
    {
        var function = new JinjaDict();
        function.Set("name", Given(call.Name));
        function.Set("arguments", Arguments(call.Arguments));
        var value = new JinjaDict();
        value.Set("id", Given(call.Id));
        value.Set("type", new JinjaText("function"));
        value.Set("function", function);
        return value;
    }

    /// <summary>Templates take the value, not its text, which is all that clients of OpenAI's API have. What a model wrote may be no JSON: then it is a text.</summary>
    private static object? Arguments(string json)
    {
        if (string.IsNullOrWhiteSpace(json)) return new JinjaDict();
        try
        {
            using var document = JsonDocument.Parse(json);
            return JsonValues.Read(document.RootElement, isGiven: true);
        }
        catch (Exception e) when (e is JsonException or JinjaException)
        {
            return Given(json);
        }
    }

    private static JinjaText Given(string text) => new(text, isGiven: true);
}
