using ModelServer.Constraints;
using ModelServer.Constraints.JsonSchema;
using ModelServer.Generation;
using ModelServer.Requests;
using ModelServer.Sampling;
using ModelServer.ToolCalls;

namespace ModelServer.Chat;

/// <summary>Makes of a conversation what the generator takes.</summary>
internal static class ChatGeneration
{
    public static TextGenerationRequest ToGeneration(this ChatRequest chat, string? model, Caller caller, SamplingOptions sampling) => new(model, m => [chat.Render(m, caller.Aborted)], caller, sampling)
    {
        Operation = "chat",
        Grammar = chat.MayDemand() ? chat.GrammarFor : null,
        GrammarField = chat.Format is null ? "tools" : "response_format",
        Shown = m => chat.Form(m).Shown(chat.MayCall),
    };

    /// <summary>Begins to read the answers to a conversation.</summary>
    public static AnswerReader Read(this ChatRequest chat, TextGeneration generation, bool isWhole) => new(
        chat.Form(generation.Model),
        chat.MayCall ? [.. chat.Conversation.Tools.Select(t => t.Name)] : [],
        IsThinking(generation.Prompts[0]),
        chat.CallsInParallel,
        isWhole);

    private static bool MayDemand(this ChatRequest chat)
        => chat.Format is not null || chat.ToolChoice.Mode == ToolChoiceMode.Required || (chat.MayCall && chat.Conversation.Tools.Any(t => t.IsStrict));

    private static Grammar? GrammarFor(this ChatRequest chat, DecoderModel model)
    {
        var form = chat.Form(model);
        // The prompt is made again, for few: those of models that think whose answer has a form.
        var isThinking = form.Thinks && IsThinking(chat.Render(model));
        return new ToolCallGrammar(form, SchemaGrammar.Of).Of(chat.Conversation.Tools, chat.ToolChoice, chat.CallsInParallel, chat.Format?.ToGrammar(), isThinking);
    }

    private static bool IsThinking(TextPrompt prompt) => prompt.Input is TextInput text && Thoughts.AreOpenAt(text.Text);
}
