using System.Security.Cryptography;

namespace ModelServer.ToolCalls;

/// <summary>How a model's answers say what they are, beside text.</summary>
/// <param name="Calls">How it calls tools.</param>
/// <param name="Thinks">Whether it thinks between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> first.</param>
internal sealed record AnswerForm(ToolCallForm Calls, bool Thinks)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 24, MistralIdLength = 9;

    /// <summary>All of it is text.</summary>
    public static AnswerForm Text { get; } = new(ToolCallForm.None, Thinks: false);

    /// <summary>Marks that are added tokens of the model, by content: readers must see them although they may be special, and grammars must name them.</summary>
    public IReadOnlyDictionary<string, int> TokenMarks { get; init; } = new Dictionary<string, int>();

    /// <param name="template">The model's chat template; null where it has none.</param>
    /// <param name="calls">What <c>serving.json</c> says of the form; null to find it out.</param>
    /// <param name="thinks">What <c>serving.json</c> says of thoughts; null to find it out.</param>
    /// <param name="token">The id of the added token of a content; null where there is none.</param>
    public static AnswerForm Of(string? template, ToolCallForm? calls, bool? thinks, Func<string, int?> token)
    {
        var form = new AnswerForm(
            calls ?? ToolCallForms.Detect(template, mark => token(mark) is not null),
            // A template that writes or takes out thoughts is that of a model that thinks.
            thinks ?? template?.Contains(Thoughts.Close, StringComparison.Ordinal) ?? false);
        var marks = new Dictionary<string, int>();
        // Calls can be demanded of models that know no form, or are told to have none.
        foreach (var mark in form.Forced.Calls.Marks().Concat([Thoughts.Open, Thoughts.Close]))
            if (token(mark) is { } id) marks[mark] = id;
        return form with { TokenMarks = marks };
    }

    /// <summary>The form in which calls are demanded: where the model knows none, Hermes', which is plain text.</summary>
    public AnswerForm Forced => Calls == ToolCallForm.None ? this with { Calls = ToolCallForm.Hermes } : this;

    /// <summary>Tokens that end an answer of gpt-oss, whatever its files say.</summary>
    public IEnumerable<int> Ends => new[] { HarmonyAnswer.Return, HarmonyAnswer.Call }.Where(TokenMarks.ContainsKey).Select(mark => TokenMarks[mark]);

    /// <summary>The ids of tokens that must be seen.</summary>
    /// <param name="readsCalls">Whether calls are looked for.</param>
    public IReadOnlySet<int> Shown(bool readsCalls)
    {
        IEnumerable<string> marks = readsCalls || Calls == ToolCallForm.Harmony ? Calls.Marks() : [];
        if (Thinks) marks = marks.Concat([Thoughts.Open, Thoughts.Close]);
        return marks.Where(TokenMarks.ContainsKey).Select(mark => TokenMarks[mark]).ToHashSet();
    }

    /// <summary>An id for a call. Mistral's templates take none but such of nine letters and digits, and it comes back to them with the tool's answer.</summary>
    public string NewCallId() => Calls == ToolCallForm.Mistral
        ? RandomNumberGenerator.GetString(Letters, MistralIdLength)
        : "call_" + RandomNumberGenerator.GetString(Letters, IdLength);

    /// <summary>Begins to read an answer.</summary>
    /// <param name="tools">The names of tools that may be called; none where calls are not looked for.</param>
    /// <param name="isThinking">Whether the prompt leaves the model to think.</param>
    public IAnswerText Read(IReadOnlyCollection<string> tools, bool isThinking)
    {
        IAnswerText answer = Calls switch
        {
            ToolCallForm.Harmony => new HarmonyAnswer(readsCalls: tools.Count > 0),
            _ when tools.Count == 0 => new PlainText(),
            ToolCallForm.Hermes => new HermesCalls(),
            ToolCallForm.Llama3 => new Llama3Calls(tools.Contains),
            ToolCallForm.Mistral => new MistralCalls(),
            ToolCallForm.Phi4 => new Phi4Calls(),
            _ => new PlainText(),
        };
        return Thinks ? new Thoughts(answer, isThinking) : answer;
    }
}
