using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.ChatTemplates;
using ModelServer.Jinja;
using ModelServer.ModelFiles;
using ModelServer.Tokenization;
using ModelServer.ToolCalls;

namespace ModelServer.Generation;

/// <summary>What a version's files say about its text.</summary>
/// <param name="EndTokens">Tokens that end a text, from <c>generation_config.json</c>, else <c>genai_config.json</c>, else <c>config.json</c>, else the tokenizer's end of sequence.</param>
/// <param name="ChatTemplate">How a conversation becomes a prompt; null where that is not known.</param>
/// <param name="UnknownTemplate">That the version has a chat template that cannot be read, and what to do; else null.</param>
internal sealed record TextSettings(IReadOnlyList<int> EndTokens, ChatTemplate? ChatTemplate, string? UnknownTemplate = null)
{
    private const string Otherwise = "use /v1/completions, or set \"chatTemplate\" in its serving.json: \"chatml\" where it was trained on ChatML, \"none\" for the messages' texts one after the other.";

    /// <summary>How answers say what is a tool call and what is a thought.</summary>
    public AnswerForm Answers { get; init; } = AnswerForm.Text;

    /// <summary>How tokens are chosen where a request does not say.</summary>
    public SamplingDefaults Defaults { get; init; } = SamplingDefaults.None;

    /// <exception cref="ModelLoadException">A file is not what it should be.</exception>
    public static TextSettings Read(ModelFolder folder, ServingConfig serving, HuggingFaceTokenizer tokenizer, TimeProvider time)
    {
        var templates = NamedTemplates.Of(folder);
        var (template, unknown) = serving.ChatTemplate switch
        {
            "chatml" => (ChatTemplate.ChatMl(serving.ChatSpecialTokens), null),
            "none" => (ChatTemplate.Plain, null),
            _ => ReadTemplate(templates, serving, tokenizer, time),
        };
        var ends = ReadEndTokens(folder) ?? (tokenizer.Config.Role("eos_token") is { } end && tokenizer.TokenToId(end) is { } id ? [id] : []);
        var answers = AnswerForm.Of(
            templates.ForTools ?? templates.Default,
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
        => ReadEndTokens(folder, "generation_config.json") ?? GenAiConfig.Read(folder)?.EndTokens ?? ReadEndTokens(folder, "config.json");

    private static int[]? ReadEndTokens(ModelFolder folder, string file)
        => folder.Find(file) is not { } path
            ? null
            : ModelJson.Read(path, TextJson.Default.EndTokenConfig).EosTokenId switch
            {
                { ValueKind: JsonValueKind.Number } one when one.TryGetInt32(out var id) => [id],
                { ValueKind: JsonValueKind.Array } several => [.. several.EnumerateArray().Select(e => ReadId(file, e))],
                null or { ValueKind: JsonValueKind.Null } => null,
                _ => throw Wrong(file),
            };

    private static int ReadId(string file, JsonElement id) => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) ? number : throw Wrong(file);

    private static ModelLoadException Wrong(string file) => new($"{file}: eos_token_id is neither a token id nor a list of them.");

    private static (ChatTemplate? Template, string? Unknown) ReadTemplate(NamedTemplates templates, ServingConfig serving, HuggingFaceTokenizer tokenizer, TimeProvider time)
    {
        if (templates is (null, null)) return (null, null);
        if (templates.Default is not { } jinja) return (null, $"The model has several chat templates, none of them called default; {Otherwise}");
        try
        {
            return (ChatTemplate.Read(jinja, tokenizer.Config.Role, time, serving.ChatSpecialTokens, templates.ForTools), null);
        }
        catch (JinjaSyntaxException e)
        {
            return (null, $"The model's chat template cannot be read: {e.Message}. For chats {Otherwise}");
        }
    }
}

internal sealed record EndTokenConfig(JsonElement? EosTokenId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EndTokenConfig))]
internal sealed partial class TextJson : JsonSerializerContext;
