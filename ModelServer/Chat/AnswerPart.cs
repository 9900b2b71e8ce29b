using ModelServer.Generation;

namespace ModelServer.Chat;

/// <summary>What an assistant's answer goes on with; routes put it into their own events.</summary>
/// <param name="Choice">Which of the request's answers.</param>
internal abstract record AnswerPart(int Choice);

/// <param name="Text">May be empty where there are tokens.</param>
/// <param name="Tokens">Those that begin in this text; none where log probabilities were not asked for.</param>
internal sealed record TextPart(int Choice, string Text, IReadOnlyList<ScoredToken> Tokens) : AnswerPart(Choice);

/// <summary>What the model thinks before it answers.</summary>
internal sealed record ReasoningPart(int Choice, string Text) : AnswerPart(Choice);

/// <summary>A tool call begins; its arguments follow.</summary>
/// <param name="Index">Among the calls of this answer, from 0.</param>
internal sealed record ToolCallPart(int Choice, int Index, string Id, string Name) : AnswerPart(Choice);

/// <param name="Text">The next piece of JSON text.</param>
internal sealed record ArgumentsPart(int Choice, int Index, string Text) : AnswerPart(Choice);

/// <summary>The answer ends.</summary>
internal sealed record EndPart(int Choice, AnswerEnd Reason) : AnswerPart(Choice);

internal enum AnswerEnd
{
    Stop,
    Length,
    ToolCalls,
}
