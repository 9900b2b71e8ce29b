using System.Text.RegularExpressions;
using ModelServer.ChatTemplates;

namespace ModelServer.Tests.ChatTemplates.Differential;

/// <summary>Where @huggingface/jinja 0.5.11 is not Python's jinja2.</summary>
internal static partial class KnownDifferences
{
    /// <summary>By template: a part of its error, or null where it renders another text; and what it does differently.</summary>
    private static readonly (string Template, string? Error, string Why)[] Known =
    [
        ("command-r-style", null, "a member of an undefined member is undefined, which Python refuses"),
        ("command-r-style", "Cannot call something that is not a function", "an entry called items hides the method"),
        ("functionary-style", "operator \"*\" between", "a text cannot be repeated"),
        ("glm-4-style", "Cannot call something that is not a function", "an entry called items hides the method"),
        ("glm-4-style", null, "none is written as nothing"),
        ("gpt-oss-style", "Cannot call something that is not a function", "an entry called items hides the method"),
        ("gpt-oss-style", "\"in\" between ArrayValue", "a list holds no lists"),
        ("gpt-oss-style", "filter: string", "dictionaries are no texts"),
        ("gpt-oss-style", "filter \"string\"", "none is no text"),
        ("gpt-oss-style", "operation in on undefined", "undefined holds something or nothing only in Python"),
        ("gpt-oss-style", null, "a list is written as JSON"),
        ("hermes-3-style", "Cannot access property with non-string", "undefined is no key"),
        ("hermes-3-style", "filter \"items\"", "undefined has no items in Python, and is refused here"),
        ("llama-3.1-style", "filter: reject", "there is no reject"),
        ("mistral-nemo-style", null, "dictionaries of the same entries are not equal"),
        ("mistral-small-style", "operator \"%\" between", "a text is no format"),
        ("qwen-3-style", null, "lstrip('\\n') takes all white space"),
        ("smollm-3-style", "filter: string", "dictionaries are no texts"),
        ("smollm-3-style", null, "lstrip('\\n') takes all white space"),
        ("zephyr-style", "filter \"string\"", "none is no text"),
        ("gemma-style", "filter \"trim\"", "none is no text"),
        ("gemma-3-style", "filter \"trim\"", "none is no text"),
        ("llama-2-chat", null, "an empty text equals false"),
    ];

    public static bool Explain(string template, Conversation conversation, Rendering theirs)
        => HasOddNumber(conversation) || Known.Any(k => k.Template == template && (k.Error is null ? theirs.Text is not null : theirs.Error?.Contains(k.Error, StringComparison.Ordinal) == true));

    /// <summary>There is but one kind of number: 1.0 is written as 1, and what is beyond 53 bits loses digits.</summary>
    private static bool HasOddNumber(Conversation conversation)
        => conversation.Turns.SelectMany(t => t.ToolCalls).Select(c => c.Arguments).Concat(conversation.Tools.Select(t => t.Source.GetRawText())).Any(OddNumber().IsMatch);

    [GeneratedRegex(@"[:\[,]-?(?:\d+\.0\b|-?0\.1e1|\d+(?:\.\d+)?[eE]|\d{16,})")]
    private static partial Regex OddNumber();
}
