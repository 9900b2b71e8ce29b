using System.Text.Json;
using ModelServer.ChatTemplates;
using ModelServer.Tests.Jinja;
using Testing;

namespace ModelServer.Tests.ChatTemplates.Differential;

/// <summary>A template to compare interpreters by: the published ones beside the repository, where they are, and those here, which do what published families do in words of their own.</summary>
internal sealed record PublishedTemplate(string Name, string Source, IReadOnlyDictionary<string, string> Tokens)
{
    private static readonly FixedTime Time = new(DateTime.Parse(TemplateOracle.Now, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal));
    private static readonly Dictionary<string, string> Usual = new() { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    public static IReadOnlyList<PublishedTemplate> All { get; } = [.. Own().Concat(ChatTemplatesIn(RepositoryPaths.Fixtures)).Concat(TokenizersIn(RepositoryPaths.Fixtures)).DistinctBy(t => t.Source)];

    private ChatTemplate Template { get; } = ChatTemplate.Read(Source, Tokens.GetValueOrDefault, Time);

    public override string ToString() => Name;

    public Rendering Render(Conversation conversation)
    {
        try
        {
            // Documents that a template has no place for are refused; the other interpreters do not look.
            var given = Template.KnowsDocuments ? conversation : conversation with { Documents = null };
            return new(((ModelServer.Requests.TextInput)Template.Render(given).Input).Text, null);
        }
        catch (ServiceDefaults.Errors.InvalidFieldException e)
        {
            return new(null, e.Message);
        }
    }

    private static IEnumerable<PublishedTemplate> Own() => Directory.EnumerateFiles(Path.Combine(NpmPackages.Folder(TemplateOracle.Folder), "templates")).Order(StringComparer.Ordinal)
        .Select(file => new PublishedTemplate(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file), Usual));

    private static IEnumerable<PublishedTemplate> ChatTemplatesIn(string? fixtures)
    {
        if (fixtures is null || !Directory.Exists(Path.Combine(fixtures, "chat-templates"))) yield break;
        foreach (var folder in Directory.EnumerateDirectories(Path.Combine(fixtures, "chat-templates")).Order(StringComparer.Ordinal))
        {
            var tokens = Parse(Path.Combine(folder, "tokens.json")).EnumerateObject().Where(t => t.Name.EndsWith("_token", StringComparison.Ordinal) && t.Value.ValueKind == JsonValueKind.String);
            yield return new(Path.GetFileName(folder), File.ReadAllText(Path.Combine(folder, "template.jinja")), tokens.ToDictionary(t => t.Name, t => t.Value.GetString()!));
        }
    }

    private static IEnumerable<PublishedTemplate> TokenizersIn(string? fixtures)
    {
        if (fixtures is null || !Directory.Exists(Path.Combine(fixtures, "tokenizers"))) yield break;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(fixtures, "tokenizers"), "tokenizer_config.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (Parse(file).TryGetProperty("chat_template", out var template) && template.ValueKind == JsonValueKind.String)
                yield return new($"tokenizer of {Path.GetFileName(Path.GetDirectoryName(file))}", template.GetString()!, Usual);
    }

    private static JsonElement Parse(string file) => JsonDocument.Parse(File.ReadAllText(file)).RootElement;
}
