using ModelServer.ChatTemplates;
using ModelServer.Constraints;
using ModelServer.Generation;
using ModelServer.Requests;
using ModelServer.ToolCalls;

namespace ModelServer.Chat;

/// <summary>A conversation to be answered, whatever route it came by.</summary>
internal sealed record ChatRequest(Conversation Conversation)
{
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Whether one answer may call several tools.</summary>
    public bool CallsInParallel { get; init; } = true;

    /// <summary>What the text must be; null for anything.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>Whether the answer may call tools.</summary>
    public bool MayCall => Conversation.Tools.Count > 0 && ToolChoice.Mode != ToolChoiceMode.None;

    /// <summary>The prompt as a model reads it. Tools that must not be called are no part of it: a model that sees them calls them.</summary>
    /// <param name="model">The one that was chosen.</param>
    /// <param name="cancellationToken">Ends it with the request.</param>
    /// <exception cref="InvalidFieldException">The model has no chat template, or its template refuses the conversation.</exception>
    public TextPrompt Render(DecoderModel model, CancellationToken cancellationToken = default) => model.Text.ChatTemplate is { } template
        ? template.Render(MayCall ? Conversation : Conversation with { Tools = [] }, cancellationToken)
        : throw new InvalidFieldException("model", model.Text.NoChat);

    /// <summary>How a model's answer is to be read: a call that is demanded comes in some form, whether the model knows one or not.</summary>
    public AnswerForm Form(DecoderModel model) => ToolChoice.Mode == ToolChoiceMode.Required ? model.Text.Answers.Forced : model.Text.Answers;
}
