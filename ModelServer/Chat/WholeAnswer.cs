using ModelServer.ChatTemplates;
using ModelServer.Generation;

namespace ModelServer.Chat;

/// <summary>All of an assistant's answer.</summary>
/// <param name="Tokens">Those of the text; none where log probabilities were not asked for.</param>
internal sealed record WholeAnswer(string Text, string Reasoning, IReadOnlyList<ToolCall> Calls, IReadOnlyList<ScoredToken> Tokens, AnswerEnd End)
{
    /// <param name="reader">One that reads whole answers.</param>
    public static WholeAnswer Of(AnswerReader reader, int choice, TextAnswer answer)
    {
        var parts = reader.Read(new(choice, answer.Text, answer.Tokens, answer.Finish));
        var arguments = parts.OfType<ArgumentsPart>().ToLookup(p => p.Index, p => p.Text);
        return new(
            string.Concat(parts.OfType<TextPart>().Select(p => p.Text)),
            string.Concat(parts.OfType<ReasoningPart>().Select(p => p.Text)),
            [.. parts.OfType<ToolCallPart>().Select(c => new ToolCall(c.Id, c.Name, string.Concat(arguments[c.Index])))],
            [.. parts.OfType<TextPart>().SelectMany(p => p.Tokens)],
            parts.OfType<EndPart>().Single().Reason);
    }
}
