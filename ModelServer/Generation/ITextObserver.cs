using ModelServer.Models;

namespace ModelServer.Generation;

/// <summary>Sees what generators answered, once all of it was read. Called on the thread that reads a request's text: it copies what it needs, in microseconds, and throws nothing.</summary>
internal interface ITextObserver
{
    /// <summary>Asked when a version begins to answer a request: whether its text is to be kept.</summary>
    bool WantsText(ModelVersion version, TextGenerationRequest request);

    void Answered(in GeneratedAnswer answer);
}

/// <param name="Model">Held until the observer returns.</param>
/// <param name="Texts">One for each choice, in order; null where no observer wanted them.</param>
internal readonly record struct GeneratedAnswer(ModelVersion Version, DecoderModel Model, TextGenerationRequest Request, TextChoice[] Choices, string[]? Texts);
