using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.ChatTemplates;
using ModelServer.Jinja;
using ModelServer.ModelFiles;
using ModelServer.Tokenization;
using ModelServer.ToolCalls;

namespace ModelServer.Generation;

/// <summary>What a version's files say about its text.</summary>
/// <param name="EndTokens">Tokens that end a text, from <c>generation_config.json</c>, else <c>config.json</c>, else the tokenizer's end of sequence.</param>
/// <param name="ChatTemplate">How a conversation becomes a prompt; null where that is not known.</param>
/// <param name="UnknownTemplate">That the version has a chat template that cannot be read, and what to do; else null.</param>
internal sealed record TextSettings(IReadOnlyList<int> EndTokens, ChatTemplate? ChatTemplate, string? UnknownTemplate = null)
{
    private const string Otherwise = "use /v1/completions, or set \"chatTemplate\" in its serving.json: \"chatml\" where it was trained on ChatML, \"none\" for the messages' texts one after the other.";
    private static readonly string[] EndTokenFiles = ["generation_config.json", "config.json"];

    /// <summary>How answers say what is a tool call and what is a thought.</summary>
    public AnswerForm Answers { get; init; } = AnswerForm.Text;

    /// <exception cref="ModelLoadException">A file is not what it should be.</exception>
    public static TextSettings Read(ModelFolder folder, ServingConfig serving, HuggingFaceTokenizer tokenizer, TimeProvider time)
    {
        var (template, unknown) = serving.ChatTemplate switch
        {
            "chatml" => (ChatTemplate.ChatMl(serving.ChatSpecialTokens), null),
            "none" => (ChatTemplate.Plain, null),
            _ => ReadTemplate(TemplateOf(folder), serving, tokenizer, time),
        };
        var ends = ReadEndTokens(folder) ?? (tokenizer.Config.Role("eos_token") is { } end && tokenizer.TokenToId(end) is { } id ? [id] : []);
        var answers = AnswerForm.Of(
            TemplateOf(folder),
            serving.ToolCalls is { } form ? ToolCallForms.ByName[form] : null,
            serving.Reasoning is { } reasoning ? reasoning == "think" : null,
            tokenizer.AddedToken);
        // gpt-oss writes several messages in a turn: what is behind one ends none.
        if (answers.Calls == ToolCallForm.Harmony) ends = [.. ends.Union(answers.Ends)];
        else if (template?.BehindAnswer() is { } behind && tokenizer.SpecialTokenAt(behind.TrimStart()) is { } turn) ends = [.. ends.Union([turn])];
        return new(ends, template, unknown) { Answers = answers };
    }

    /// <summary>Why a conversation is refused where there is no <see cref="ChatTemplate"/>.</summary>
    public string NoChat => UnknownTemplate ?? $"The model has no chat template; {Otherwise}";

    /// <summary>Without end tokens that the graph has no logit for: it can never choose them.</summary>
    public TextSettings Within(int vocabulary) => this with { EndTokens = [.. EndTokens.Where(id => (uint)id < (uint)vocabulary)] };

    private static int[]? ReadEndTokens(ModelFolder folder)
    {
        foreach (var file in EndTokenFiles)
        {
            if (folder.Find(file) is not { } path) continue;
            switch (ModelJson.Read(path, TextJson.Default.EndTokenConfig).EosTokenId)
            {
                case { ValueKind: JsonValueKind.Number } one when one.TryGetInt32(out var id): return [id];
                case { ValueKind: JsonValueKind.Array } several: return [.. several.EnumerateArray().Select(e => ReadId(file, e))];
                case null or { ValueKind: JsonValueKind.Null }: break;
                default: throw Wrong(file);
            }
        }

        return null;
    }

    private static int ReadId(string file, JsonElement id) => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) ? number : throw Wrong(file);

    private static ModelLoadException Wrong(string file) => new($"{file}: eos_token_id is neither a token id nor a list of them.");

    private static (ChatTemplate? Template, string? Unknown) ReadTemplate(string? jinja, ServingConfig serving, HuggingFaceTokenizer tokenizer, TimeProvider time)
    {
        if (jinja is null) return (null, null);
        try
        {
            return (ChatTemplate.Read(jinja, tokenizer.Config.Role, time, serving.ChatSpecialTokens), null);
        }
        catch (JinjaSyntaxException e)
        {
            return (null, $"The model's chat template cannot be read: {e.Message}. For chats {Otherwise}");
        }
    }

    /// <summary>Newer exports have the template in a file of its own; older ones name several in a list.</summary>
    private static string? TemplateOf(ModelFolder folder)
    {
        if (folder.Find("chat_template.jinja") is { } file) return File.ReadAllText(file);
        if (folder.Find("tokenizer_config.json") is not { } config) return null;
        return ModelJson.Read(config, TextJson.Default.ChatTemplateConfig).ChatTemplate switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString(),
            { ValueKind: JsonValueKind.Array } named => named.EnumerateArray().Where(IsDefault).Select(t => t.GetProperty("template").GetString()).FirstOrDefault(),
            _ => null,
        };
    }

    private static bool IsDefault(JsonElement template)
        => template.ValueKind == JsonValueKind.Object
            && template.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals("default")
            && template.TryGetProperty("template", out var text) && text.ValueKind == JsonValueKind.String;
}

internal sealed record EndTokenConfig(JsonElement? EosTokenId);

internal sealed record ChatTemplateConfig(JsonElement? ChatTemplate);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EndTokenConfig))]
[JsonSerializable(typeof(ChatTemplateConfig))]
internal sealed partial class TextJson : JsonSerializerContext;
