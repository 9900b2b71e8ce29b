using ModelServer.Chat;
using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>An assistant's answers as OpenAI writes them.</summary>
internal static class ChatAnswers
{
    /// <param name="asFunctions">Whether calls have the older form.</param>
    public static ChatCompletionChoice ToChoice(this WholeAnswer answer, int index, bool withLogprobs, bool asFunctions)
    {
        var calls = answer.Calls.Select(c => new ChatToolCall(c.Id, "function", new(c.Name, c.Arguments))).ToArray();
        var message = new ChatAnswer(calls.Length > 0 && answer.Text.Length == 0 ? null : answer.Text, "assistant", null)
        {
            ReasoningContent = answer.Reasoning.Length > 0 ? answer.Reasoning : null,
            ToolCalls = calls.Length > 0 && !asFunctions ? calls : null,
            FunctionCall = calls.Length > 0 && asFunctions ? calls[0].Function : null,
        };
        return new(index, message, Logprobs(answer.Tokens, withLogprobs), Name(answer.End, asFunctions));
    }

    /// <summary>An end token is no part of them, as it is none of the message.</summary>
    public static ChatLogprobs? Logprobs(IEnumerable<ScoredToken> tokens, bool withLogprobs) => withLogprobs ? new([.. tokens.Where(t => !t.IsEnd).Select(t => t.ToLogprob())], null) : null;

    public static string Name(AnswerEnd end, bool asFunctions) => end switch
    {
        AnswerEnd.Length => "length",
        AnswerEnd.ToolCalls => asFunctions ? "function_call" : "tool_calls",
        _ => "stop",
    };
}
