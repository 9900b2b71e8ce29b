using ModelServer.Chat;
using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>Tells an assistant's answers as deltas, in OpenAI's order: a choice's first event has the role and no text, its last the finish and no text. A call begins with an
/// event that has its id and name and no arguments; those follow.</summary>
/// <param name="answers">Reads the answers.</param>
/// <param name="asFunctions">Whether calls have the older form.</param>
internal sealed class ChatChunkReader(AnswerReader answers, bool withLogprobs, bool asFunctions = false) : IChunkReader<ChatCompletionDelta>
{
    private readonly HashSet<int> _begun = [];

    public ChatCompletionDelta[] Read(TextChunk chunk)
    {
        var events = new List<ChatCompletionDelta>(3);
        var parts = answers.Read(chunk);
        if (_begun.Add(chunk.Choice)) events.Add(First(chunk.Choice));
        events.AddRange(parts.Select(ToDelta).OfType<ChatCompletionDelta>());
        return [.. events];
    }

    public ChatCompletionDelta Nothing(int choice) => _begun.Add(choice) ? First(choice) : new(choice, new(null, ""), null, null);

    private ChatCompletionDelta? ToDelta(AnswerPart part) => part switch
    {
        TextPart text => Text(text, ChatAnswers.Logprobs(text.Tokens, withLogprobs)),
        ReasoningPart reasoning => Event(part, new(null, null) { ReasoningContent = reasoning.Text }),
        ToolCallPart call when asFunctions => Event(part, new(null, null) { FunctionCall = new(call.Name, "") }),
        ToolCallPart call => Event(part, new(null, null) { ToolCalls = [new(call.Index, call.Id, "function", new(call.Name, ""))] }),
        ArgumentsPart arguments when asFunctions => Event(part, new(null, null) { FunctionCall = new(null, arguments.Text) }),
        ArgumentsPart arguments => Event(part, new(null, null) { ToolCalls = [new(arguments.Index, null, null, new(null, arguments.Text))] }),
        EndPart end => new(part.Choice, new(null, null), null, ChatAnswers.Name(end.Reason, asFunctions)),
        _ => null,
    };

    private static ChatCompletionDelta? Text(TextPart text, ChatLogprobs? logprobs)
    {
        var tokens = logprobs is { Content.Length: > 0 } ? logprobs : null;
        return text.Text.Length > 0 || tokens is not null ? new(text.Choice, new(null, text.Text), tokens, null) : null;
    }

    private static ChatCompletionDelta Event(AnswerPart part, ChatDelta delta) => new(part.Choice, delta, null, null);

    private static ChatCompletionDelta First(int choice) => new(choice, new("assistant", ""), null, null);
}
