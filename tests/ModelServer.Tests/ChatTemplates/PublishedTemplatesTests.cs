using System.Text.Json;
using ModelServer.Jinja;
using ModelServer.Tests.Jinja;
using Testing;

namespace ModelServer.Tests.ChatTemplates;

/// <summary>What Python's jinja2, set up as transformers does, makes of published templates.</summary>
public sealed class PublishedTemplatesTests
{
    private static readonly FixedTime Time = new(new(2026, 1, 15, 12, 34, 56));

    [ChatTemplatesFact]
    public void Render_PublishedTemplates_AgreesWithJinja()
    {
        var compared = 0;
        foreach (var folder in Directory.EnumerateDirectories(ChatTemplatesFactAttribute.Folder!))
        {
            var template = new JinjaTemplate(File.ReadAllText(Path.Combine(folder, "template.jinja")));
            var tokens = Parse(File.ReadAllText(Path.Combine(folder, "tokens.json"))).EnumerateObject()
                .Where(t => t.Value.ValueKind == JsonValueKind.String).ToDictionary(t => t.Name, t => JsonValues.Read(t.Value, isGiven: false));
            foreach (var line in File.ReadLines(Path.Combine(folder, "expected.jsonl")))
            {
                Assert.Equal(Expected(Parse(line)), Render(template, tokens, Parse(line)));
                compared++;
            }
        }

        Assert.InRange(compared, 80, int.MaxValue);
    }

    private static string Expected(JsonElement item) => item.TryGetProperty("text", out var text) ? text.GetString()! : $"refused: {item.GetProperty("error").GetString()}";

    private static string Render(JinjaTemplate template, Dictionary<string, object?> tokens, JsonElement item)
    {
        var variables = new Dictionary<string, object?>(tokens)
        {
            ["messages"] = JsonValues.Read(item.GetProperty("messages"), isGiven: true),
            ["tools"] = item.TryGetProperty("tools", out var tools) ? JsonValues.Read(tools, isGiven: true) : null,
            ["documents"] = null,
            ["add_generation_prompt"] = item.GetProperty("add_generation_prompt").GetBoolean(),
        };
        try
        {
            return template.Render(variables, Time).Value;
        }
        catch (RaisedByTemplateException e)
        {
            return $"refused: {e.Message}";
        }
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChatTemplatesFactAttribute : FactAttribute
{
    public ChatTemplatesFactAttribute() => Skip = Directory.Exists(Folder) ? null : "There are no chat templates beside the repository.";

    public static string? Folder => RepositoryPaths.Fixtures is { } root ? Path.Combine(root, "chat-templates") : null;
}
