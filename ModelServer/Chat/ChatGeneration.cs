using ModelServer.Generation;
using ModelServer.Requests;
using ModelServer.Sampling;

namespace ModelServer.Chat;

/// <summary>Makes of a conversation what the generator takes.</summary>
internal static class ChatGeneration
{
    public static TextGenerationRequest ToGeneration(this ChatRequest chat, string? model, Caller caller, SamplingOptions sampling)
        => new(model, m => [chat.Render(m)], caller, sampling) { Operation = "chat" };

    /// <summary>Begins to read the answers to a conversation.</summary>
    /// <param name="isWhole">Whether the answer is told at its end.</param>
    public static AnswerReader Read(this ChatRequest chat, TextGeneration generation, bool isWhole) => new();
}
