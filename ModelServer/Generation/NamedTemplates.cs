using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.ModelFiles;

namespace ModelServer.Generation;

/// <summary>A version's chat templates, found as transformers finds them: files of their own, else <c>tokenizer_config.json</c>.</summary>
/// <param name="Default">For all conversations; null where none is called so.</param>
/// <param name="ForTools">For those with tools, where there is one of its own.</param>
internal sealed record NamedTemplates(string? Default, string? ForTools)
{
    private const string DefaultName = "default", ForToolsName = "tool_use";

    /// <exception cref="ModelLoadException">A file cannot be read.</exception>
    public static NamedTemplates Of(ModelFolder folder)
    {
        // Only those that are used are read, and so count as what the version is loaded from.
        var files = new NamedTemplates(Text(folder, "chat_template.jinja") ?? Text(folder, $"additional_chat_templates/{DefaultName}.jinja"), Text(folder, $"additional_chat_templates/{ForToolsName}.jinja"));
        if (files is not (null, null) || folder.Find("tokenizer_config.json") is not { } config) return files;
        return ModelJson.Read(config, TemplateJson.Default.ChatTemplateConfig).ChatTemplate switch
        {
            { ValueKind: JsonValueKind.String } text => new(text.GetString(), null),
            { ValueKind: JsonValueKind.Array } list => new(Named(list, DefaultName), Named(list, ForToolsName)),
            _ => new(null, null),
        };
    }

    private static string? Text(ModelFolder folder, string file) => folder.Find(file) is { } path ? File.ReadAllText(path) : null;

    private static string? Named(JsonElement list, string name) => list.EnumerateArray()
        .Where(t => t.ValueKind == JsonValueKind.Object && Member(t, "name") == name).Select(t => Member(t, "template")).FirstOrDefault(t => t is not null);

    private static string? Member(JsonElement template, string name)
        => template.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
}

internal sealed record ChatTemplateConfig(JsonElement? ChatTemplate);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChatTemplateConfig))]
internal sealed partial class TemplateJson : JsonSerializerContext;
