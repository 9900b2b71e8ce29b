using System.Text;
using ModelServer.ChatTemplates;

namespace ModelServer.Responses;

/// <summary>Makes turns of items. Reasoning, messages of an assistant and calls of functions that follow each other are one turn, as templates expect it.</summary>
internal sealed class ConversationTurns
{
    private readonly List<ChatTurn> _turns = [];
    private readonly Dictionary<string, string> _functions = [];
    private ChatTurn? _assistant;

    /// <param name="instructions">Go before everything else. Templates take one system message at most, the first turn: those that the items begin with are a part of it.</param>
    public static IReadOnlyList<ChatTurn> Of(string? instructions, IEnumerable<ResponsesItem> items)
    {
        var turns = new ConversationTurns();
        var system = string.IsNullOrEmpty(instructions) ? null : new StringBuilder(instructions);
        var begun = false;
        foreach (var item in items)
        {
            if (!begun && system is not null && IsSystem(item))
            {
                system.Append("\n\n").Append(item.Content?.Text);
                continue;
            }

            if (!begun && system is not null) turns._turns.Add(new("system", system.ToString()));
            begun = true;
            turns.Add(item);
        }

        if (!begun && system is not null) turns._turns.Add(new("system", system.ToString()));
        turns.EndAssistant();
        return turns._turns;
    }

    private static bool IsSystem(ResponsesItem item) => item.Type is null or "message" && item.Role is "system" or "developer";

    private void Add(ResponsesItem item)
    {
        var assistant = _assistant ?? new("assistant", null);
        switch (item.Type)
        {
            case "reasoning":
                // What a model thought goes before what it said.
                if (assistant is not { Text: null, ToolCalls: [] }) assistant = Begin();
                _assistant = assistant with { Reasoning = assistant.Reasoning + Reasoning(item) };
                break;
            case "function_call":
                _functions[item.CallId!] = item.Name!;
                _assistant = assistant with { ToolCalls = [.. assistant.ToolCalls, new(item.CallId!, item.Name!, item.Arguments!)] };
                break;
            case "function_call_output":
                EndAssistant();
                _turns.Add(new("tool", item.Output!.Text) { ToolCallId = item.CallId, Name = _functions.GetValueOrDefault(item.CallId!) });
                break;
            case "message" or null when item.Role == "assistant":
                if (assistant is not { Text: null, ToolCalls: [] }) assistant = Begin();
                _assistant = assistant with { Text = item.Content!.Text };
                break;
            default:
                EndAssistant();
                _turns.Add(new(item.Role == "developer" ? "system" : item.Role!, item.Content!.Text));
                break;
        }
    }

    private ChatTurn Begin()
    {
        EndAssistant();
        return new("assistant", null);
    }

    private void EndAssistant()
    {
        // Reasoning that nothing followed was cut off; no template has a turn for it alone.
        if (_assistant is { Text: not null } or { ToolCalls.Count: > 0 }) _turns.Add(_assistant);
        _assistant = null;
    }

    /// <summary>The reasoning itself; of what came without it, the summary.</summary>
    private static string Reasoning(ResponsesItem item)
        => item.Content?.Text is { Length: > 0 } text ? text : string.Join('\n', item.Summary?.Select(p => p.Text) ?? []);
}
