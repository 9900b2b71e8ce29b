using ModelServer.Jinja;
using ModelServer.Requests;

namespace ModelServer.ChatTemplates;

/// <summary>How a conversation becomes a prompt that ends where the model's answer begins: the Jinja template that came with the model, rendered as transformers renders it.</summary>
internal sealed class ChatTemplate
{
    private const string ChatMlTemplate = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>{{ '\n' }}{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant{{ '\n' }}{% endif %}";
    private static readonly string[] TokenRoles = ["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token", "mask_token"];
    private readonly JinjaTemplate? _jinja;
    private readonly Dictionary<string, object?> _tokens;
    private readonly TimeProvider _time;

    private readonly bool _allowsSpecialTokens;

    private ChatTemplate(JinjaTemplate? jinja, Dictionary<string, object?> tokens, TimeProvider time, bool allowsSpecialTokens = false)
    {
        _jinja = jinja;
        _tokens = tokens;
        _time = time;
        _allowsSpecialTokens = allowsSpecialTokens;
    }

    /// <summary>The texts one after the other, for models that know no roles.</summary>
    public static ChatTemplate Plain { get; } = new(null, [], TimeProvider.System);

    /// <summary>ChatML, as OpenAI defined it: each turn between <c>&lt;|im_start|&gt;</c> with its role and <c>&lt;|im_end|&gt;</c>.</summary>
    public static ChatTemplate ChatMl(bool allowsSpecialTokens = false) => new(new(ChatMlTemplate), [], TimeProvider.System, allowsSpecialTokens);

    /// <param name="jinja">The template.</param>
    /// <param name="token">The tokenizer's token for a role such as <c>bos_token</c>, or null.</param>
    /// <param name="time">What the template takes for now.</param>
    /// <param name="allowsSpecialTokens">Whether callers' texts may become special tokens.</param>
    /// <exception cref="JinjaSyntaxException">It is none.</exception>
    public static ChatTemplate Read(string jinja, Func<string, string?> token, TimeProvider time, bool allowsSpecialTokens = false)
        => new(new(jinja), TokenRoles.Where(role => token(role) is not null).ToDictionary(role => role, role => (object?)new JinjaText(token(role)!)), time, allowsSpecialTokens);

    /// <exception cref="InvalidFieldException">The template refuses the conversation, or fails on it.</exception>
    public TextPrompt Render(Conversation conversation)
    {
        var turns = conversation.Turns;
        if (_jinja is null) return new(new TextInput(string.Concat(turns.Select(t => t.Text))));
        try
        {
            var prompt = Text(turns, addsPrompt: true);
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
            var text = _jinja is null ? "" : Text([new("user", "a"), new("assistant", Answer), new("user", "b")], addsPrompt: false).Value;
            return text.IndexOf(Answer, StringComparison.Ordinal) is >= 0 and var place ? text[(place + Answer.Length)..] : null;
        }
        catch (JinjaException)
        {
            return null;
        }
    }

    private JinjaText Text(IReadOnlyList<ChatTurn> turns, bool addsPrompt) => _jinja!.Render(
        new Dictionary<string, object?>(_tokens)
        {
            ["messages"] = new JinjaList([.. turns.Select(ToValue)]),
            ["add_generation_prompt"] = addsPrompt,
            ["tools"] = null,
            ["documents"] = null,
        },
        _time);

    private static JinjaDict ToValue(ChatTurn turn)
    {
        var message = new JinjaDict();
        message.Set("role", new JinjaText(turn.Role));
        message.Set("content", turn.Text is null ? null : new JinjaText(turn.Text, isGiven: true));
        return message;
    }
}
