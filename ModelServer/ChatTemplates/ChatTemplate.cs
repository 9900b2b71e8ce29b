using System.Text;
using ModelServer.Requests;

namespace ModelServer.ChatTemplates;

/// <summary>How a conversation becomes a prompt that ends where the model's answer begins.</summary>
internal sealed class ChatTemplate
{
    public const string Start = "<|im_start|>", End = "<|im_end|>";
    private readonly string _prefix;
    private readonly string? _defaultSystem;

    private ChatTemplate(string? endOfTurn, string? defaultSystem, string prefix)
    {
        EndOfTurn = endOfTurn;
        _defaultSystem = defaultSystem;
        _prefix = prefix;
    }

    /// <summary>The texts one after the other, for models that know no roles.</summary>
    public static ChatTemplate Plain { get; } = new(null, null, "");

    /// <summary>The token that ends an answer, or null where the model's end tokens do.</summary>
    public string? EndOfTurn { get; }

    /// <summary>ChatML, as OpenAI defined it: each turn between <c>&lt;|im_start|&gt;</c> with its role and <c>&lt;|im_end|&gt;</c>.</summary>
    /// <param name="defaultSystem">What a conversation without a system message begins with, or null.</param>
    /// <param name="prefix">What every prompt begins with.</param>
    public static ChatTemplate ChatMl(string? defaultSystem = null, string prefix = "") => new(End, defaultSystem, prefix);

    // A template's own marks are all that belongs into its prompt.
    public TextPrompt Render(IReadOnlyList<ChatTurn> turns) => new(new TextInput(Text(turns)), AddSpecialTokens: EndOfTurn is null);

    public string Text(IReadOnlyList<ChatTurn> turns)
    {
        if (EndOfTurn is null) return string.Concat(turns.Select(t => t.Text));
        var prompt = new StringBuilder(_prefix);
        if (_defaultSystem is not null && turns is not [{ Role: "system" }, ..]) Append(prompt, new("system", _defaultSystem));
        foreach (var turn in turns) Append(prompt, turn);
        return prompt.Append($"{Start}assistant\n").ToString();
    }

    private static void Append(StringBuilder prompt, ChatTurn turn) => prompt.Append($"{Start}{turn.Role}\n{turn.Text}{End}\n");
}

/// <param name="Role">system, user or assistant.</param>
internal sealed record ChatTurn(string Role, string Text);
