using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.ChatTemplates;
using Testing;

namespace ModelServer.Tests.ChatTemplates.Differential;

/// <summary>What an interpreter makes of a conversation.</summary>
/// <param name="Text">Null where it fails, or the template refuses it.</param>
internal sealed record Rendering(string? Text, string? Error)
{
    public bool Agrees(Rendering other) => Text == other.Text;

    public override string ToString() => Text is null ? $"failed: {Error}" : JsonSerializer.Serialize(Text);
}

/// <summary>Another interpreter of Jinja, in a process of its own.</summary>
internal static class TemplateOracle
{
    public const string Folder = "ModelServer.Tests/ChatTemplates/Differential";

    /// <summary>When all renderings take place.</summary>
    public const string Now = "2026-01-15T12:34:56Z";

    /// <summary>A Python that has jinja2, or null.</summary>
    public static string? Python { get; } = Programs.PythonWith("jinja2");

    public static Rendering[] JavaScript(IEnumerable<PublishedTemplate> templates, Func<PublishedTemplate, IEnumerable<Conversation>> conversations)
        => Render("node", "render.mjs", templates, conversations);

    public static Rendering[] JinjaOfPython(IEnumerable<PublishedTemplate> templates, Func<PublishedTemplate, IEnumerable<Conversation>> conversations)
        => Render(Python!, "render.py", templates, conversations);

    private static Rendering[] Render(string program, string script, IEnumerable<PublishedTemplate> templates, Func<PublishedTemplate, IEnumerable<Conversation>> conversations)
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var input = new StreamWriter(file))
            {
                foreach (var template in templates)
                {
                    input.Write($"{new JsonObject { ["template"] = template.Source }.ToJsonString()}\n");
                    foreach (var conversation in conversations(template)) input.Write($"{Variables(template, conversation).ToJsonString()}\n");
                }
            }

            var start = new ProcessStartInfo(program, [Path.Combine(NpmPackages.Folder(Folder), script), file, Now]) { RedirectStandardOutput = true, Environment = { ["TZ"] = "UTC" } };
            using var process = Process.Start(start)!;
            var answers = JsonSerializer.Deserialize<JsonElement[]>(process.StandardOutput.BaseStream)!;
            return Array.ConvertAll(answers, a => a.TryGetProperty("text", out var text) ? new Rendering(text.GetString(), null) : new(null, a.GetProperty("error").GetString()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>As transformers hands them to a template.</summary>
    private static JsonObject Variables(PublishedTemplate template, Conversation conversation)
    {
        var variables = new JsonObject();
        foreach (var (name, token) in template.Tokens) variables[name] = token;
        if (conversation.Arguments is { } arguments)
            foreach (var argument in arguments.EnumerateObject()) variables[argument.Name] = Node(argument.Value);
        variables["messages"] = new JsonArray([.. conversation.Turns.Select(Message)]);
        variables["tools"] = conversation.Tools.Count == 0 ? null : new JsonArray([.. conversation.Tools.Select(t => Node(t.Source))]);
        variables["documents"] = conversation.Documents is { } documents ? Node(documents) : null;
        variables["add_generation_prompt"] = conversation.AddsPrompt;
        return variables;
    }

    private static JsonObject Message(ChatTurn turn)
    {
        var message = new JsonObject { ["role"] = turn.Role, ["content"] = turn.Text };
        if (turn.Name is not null) message["name"] = turn.Name;
        if (turn.Reasoning is not null) message["reasoning_content"] = turn.Reasoning;
        if (turn.ToolCalls.Count > 0) message["tool_calls"] = new JsonArray([.. turn.ToolCalls.Select(Call)]);
        if (turn.ToolCallId is not null) message["tool_call_id"] = turn.ToolCallId;
        return message;
    }

    private static JsonObject Call(ToolCall call)
        => new() { ["id"] = call.Id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = Arguments(call.Arguments) } };

    private static JsonNode? Arguments(string json)
    {
        if (json.Length == 0) return new JsonObject();
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText());
}
