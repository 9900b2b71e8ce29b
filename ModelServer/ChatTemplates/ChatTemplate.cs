using System.Text.Json;
using ModelServer.Jinja;
using ModelServer.Requests;

namespace ModelServer.ChatTemplates;

/// <summary>How a conversation becomes a prompt that ends where the model's answer begins: the Jinja template that came with the model, rendered as transformers renders it.</summary>
internal sealed class ChatTemplate
{
    private const string ChatMlTemplate = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content or '' }}<|im_end|>{{ '\n' }}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant{{ '\n' }}{% endif %}";

    /// <summary>Put behind a text to find where it ends, with the space that tells whether the template trims.</summary>
    private const string End = "k2v9xEndOfText ";

    private readonly JinjaTemplate? _default;
    private readonly JinjaTemplate? _forTools;
    private readonly Dictionary<string, object?> _tokens;
    private readonly TimeProvider _time;
    private readonly bool _allowsSpecialTokens;

    private ChatTemplate(JinjaTemplate? template, JinjaTemplate? forTools, Dictionary<string, object?> tokens, TimeProvider time, bool allowsSpecialTokens)
    {
        _default = template;
        _forTools = forTools;
        _tokens = tokens;
        _time = time;
        _allowsSpecialTokens = allowsSpecialTokens;
    }

    /// <summary>The texts one after the other, for models that know no roles.</summary>
    public static ChatTemplate Plain { get; } = new(null, null, [], TimeProvider.System, allowsSpecialTokens: false);

    /// <summary>ChatML, as OpenAI defined it: each turn between <c>&lt;|im_start|&gt;</c> with its role and <c>&lt;|im_end|&gt;</c>.</summary>
    public static ChatTemplate ChatMl(bool allowsSpecialTokens = false) => new(new(ChatMlTemplate), null, [], TimeProvider.System, allowsSpecialTokens);

    /// <param name="jinja">The template.</param>
    /// <param name="token">The tokenizer's token for a role such as <c>bos_token</c>, or null.</param>
    /// <param name="time">What the template takes for now.</param>
    /// <param name="allowsSpecialTokens">Whether callers' texts may become special tokens.</param>
    /// <param name="forTools">Another template for conversations with tools; null where there is none.</param>
    /// <exception cref="JinjaSyntaxException">It is none.</exception>
    public static ChatTemplate Read(string jinja, Func<string, string?> token, TimeProvider time, bool allowsSpecialTokens = false, string? forTools = null)
    {
        var tokens = TemplateFields.Tokens.Where(role => token(role) is not null).ToDictionary(role => role, role => (object?)new JinjaText(token(role)!));
        return new(new(jinja), forTools is null ? null : new(forTools), tokens, time, allowsSpecialTokens);
    }

    /// <summary>Whether it tells the model which tools there are.</summary>
    public bool KnowsTools => Reads("tools", hasTools: true);

    /// <summary>Whether it has a place for documents.</summary>
    public bool KnowsDocuments => Reads("documents", hasTools: false);

    /// <param name="conversation">What is said.</param>
    /// <param name="cancellationToken">Ends the rendering with the request.</param>
    /// <exception cref="InvalidFieldException">The template refuses the conversation, or fails on it.</exception>
    public TextPrompt Render(Conversation conversation, CancellationToken cancellationToken = default)
    {
        if (TemplateFields.CheckArguments(conversation.Arguments) is { } wrong) throw new InvalidFieldException(wrong);
        if (conversation.ContinuesLastTurn && conversation.Turns[^1] is not { Role: "assistant", Text: not null })
            throw new InvalidFieldException("continue_final_message", "continue_final_message goes on with the last message, which must be an assistant's with a text.");
        if (conversation.Documents is { ValueKind: JsonValueKind.Array } documents && documents.GetArrayLength() > 0 && !Reads("documents", conversation.Tools.Count > 0))
            throw new InvalidFieldException("documents", "The model's chat template has no place for documents.");
        if (_default is null) return new(new TextInput(string.Concat(conversation.Turns.Select(t => t.Text))));
        try
        {
            var prompt = conversation.ContinuesLastTurn ? Open(conversation, cancellationToken) : Text(conversation, conversation.AddsPrompt, end: null, cancellationToken);
            // A template's own marks are all that belongs into its prompt.
            return new(new TextInput(prompt.Value) { PlainParts = _allowsSpecialTokens ? null : [.. prompt.Given] }, AddSpecialTokens: false);
        }
        catch (RaisedByTemplateException e)
        {
            throw new InvalidFieldException("messages", $"The model's chat template refuses the conversation: {e.Message}");
        }
        catch (JinjaException e)
        {
            throw new InvalidFieldException("messages", $"The model's chat template fails on the conversation: {e.Message}");
        }
    }

    /// <summary>What follows an answer in a conversation that goes on; null where the template makes none.</summary>
    public string? BehindAnswer()
    {
        const string Answer = "k2v9x";
        try
        {
            var text = _default is null ? "" : Text(new([new("user", "a"), new("assistant", Answer), new("user", "b")]), addsPrompt: false, end: null, CancellationToken.None).Value;
            return text.IndexOf(Answer, StringComparison.Ordinal) is >= 0 and var place ? text[(place + Answer.Length)..] : null;
        }
        catch (JinjaException)
        {
            return null;
        }
    }

    /// <summary>The prompt up to the end of the last turn's text, as transformers cuts it: behind what the template trims, too.</summary>
    private JinjaText Open(Conversation conversation, CancellationToken cancellationToken)
    {
        var text = Text(conversation, addsPrompt: false, End, cancellationToken);
        var place = text.Value.LastIndexOf(End.TrimEnd(), StringComparison.Ordinal);
        if (place < 0 || !text.Value.Contains(TextMethods.Strip(new(conversation.Turns[^1].Text!), null, start: true, end: true).Value, StringComparison.Ordinal))
            throw new InvalidFieldException("continue_final_message", "continue_final_message is not possible: the model's chat template leaves out parts of the last message.");
        var open = text.Slice(0, place);
        return text.Value.AsSpan(place).StartsWith(End, StringComparison.Ordinal) ? open : TextMethods.Strip(open, null, start: false, end: true);
    }

    /// <param name="end">See <see cref="ConversationValues.Messages"/>.</param>
    private JinjaText Text(Conversation conversation, bool addsPrompt, string? end, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object?>(_tokens);
        if (conversation.Arguments is { ValueKind: JsonValueKind.Object } arguments)
            foreach (var (name, value) in ((JinjaDict)JsonValues.Read(arguments, isGiven: true)!).Items) variables[PythonText.Str(name).Value] = value;
        variables["messages"] = ConversationValues.Messages(conversation.Turns, end);
        variables["tools"] = ConversationValues.Tools(conversation.Tools);
        variables["documents"] = conversation.Documents is { } documents ? JsonValues.Read(documents, isGiven: true) : null;
        variables["add_generation_prompt"] = addsPrompt;
        return Chosen(conversation.Tools.Count > 0)!.Render(variables, _time, cancellationToken);
    }

    private bool Reads(string name, bool hasTools) => Chosen(hasTools)?.Reads(name) ?? false;

    private JinjaTemplate? Chosen(bool hasTools) => hasTools && _forTools is not null ? _forTools : _default;
}
