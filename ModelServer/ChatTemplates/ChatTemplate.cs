using System.Text;
using System.Text.RegularExpressions;
using ModelServer.Requests;

namespace ModelServer.ChatTemplates;

/// <summary>How a conversation becomes a prompt that ends where the model's answer begins.</summary>
internal sealed partial class ChatTemplate
{
    private const string Start = "<|im_start|>", End = "<|im_end|>";
    private readonly string? _defaultSystem;

    private ChatTemplate(string? endOfTurn, string? defaultSystem)
    {
        EndOfTurn = endOfTurn;
        _defaultSystem = defaultSystem;
    }

    /// <summary>The texts one after the other, for models that know no roles.</summary>
    public static ChatTemplate Plain { get; } = new(null, null);

    /// <summary>The token that ends an answer, or null where the model's end tokens do.</summary>
    public string? EndOfTurn { get; }

    /// <summary>ChatML, as OpenAI defined it: each turn between <c>&lt;|im_start|&gt;</c> with its role and <c>&lt;|im_end|&gt;</c>.</summary>
    /// <param name="defaultSystem">What a conversation without a system message begins with, or null.</param>
    public static ChatTemplate ChatMl(string? defaultSystem) => new(End, defaultSystem);

    /// <summary>Recognises ChatML in a Jinja template; null for others.</summary>
    public static ChatTemplate? Recognise(string jinja)
    {
        if (!jinja.Contains(Start, StringComparison.Ordinal) || !jinja.Contains(End, StringComparison.Ordinal)) return null;
        var system = DefaultSystem().Match(jinja);
        return ChatMl(system.Success ? system.Groups["text"].Value : null);
    }

    public TextPrompt Render(IReadOnlyList<ChatTurn> turns)
    {
        if (EndOfTurn is null) return new(new TextInput(string.Concat(turns.Select(t => t.Text))));
        var prompt = new StringBuilder();
        if (_defaultSystem is not null && turns is not [{ Role: "system" }, ..]) Append(prompt, new("system", _defaultSystem));
        foreach (var turn in turns) Append(prompt, turn);
        prompt.Append($"{Start}assistant\n");
        // The turns' own marks are all that belongs there.
        return new(new TextInput(prompt.ToString()), AddSpecialTokens: false);
    }

    private static void Append(StringBuilder prompt, ChatTurn turn) => prompt.Append($"{Start}{turn.Role}\n{turn.Text}{End}\n");

    /// <summary>A system message written out in the template, with a line break as such or as Jinja escapes it.</summary>
    [GeneratedRegex(@"<\|im_start\|>system(\n|\\n)(?<text>[^'{}<]+)<\|im_end\|>")]
    private static partial Regex DefaultSystem();
}

/// <param name="Role">system, user or assistant.</param>
internal sealed record ChatTurn(string Role, string Text);
