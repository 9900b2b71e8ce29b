using ModelServer.Generation;
using ModelServer.ToolCalls;

namespace ModelServer.Chat;

/// <summary>Reads assistants' answers out of generated text.</summary>
/// <param name="form">How the model's answers say what they are.</param>
/// <param name="tools">Names of the tools that may be called; none where calls are text.</param>
/// <param name="isThinking">Whether the prompt leaves the model to think.</param>
/// <param name="parallel">Whether an answer may call several tools; further calls are left out.</param>
/// <param name="isWhole">Whether the answer is told at its end: then a call is told once it is complete, and one that is malformed is text.</param>
internal sealed class AnswerReader(AnswerForm form, IReadOnlyCollection<string> tools, bool isThinking = false, bool parallel = true, bool isWhole = false) : IChunkReader<AnswerPart>
{
    private readonly Dictionary<int, ChoiceReader> _choices = [];

    /// <summary>Of a model that neither thinks nor calls tools.</summary>
    public AnswerReader()
        : this(AnswerForm.Text, [])
    {
    }

    public AnswerPart[] Read(TextChunk chunk)
    {
        if (!_choices.TryGetValue(chunk.Choice, out var choice))
            _choices[chunk.Choice] = choice = new(chunk.Choice, form.Read(tools, isThinking), new(chunk.Choice, parallel, isWhole, form.NewCallId));
        return choice.Read(chunk);
    }

    public AnswerPart Nothing(int choice) => new TextPart(choice, "", []);
}
