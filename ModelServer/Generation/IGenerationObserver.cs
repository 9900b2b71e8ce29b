using ModelServer.Models;

namespace ModelServer.Generation;

/// <summary>Sees what generators wrote, once all of it was read. Called on the request's thread: it copies what it needs, in microseconds, and throws nothing.</summary>
internal interface IGenerationObserver
{
    void Finished(in GenerationAnswer answer);
}

/// <param name="Model">Held until the observer returns.</param>
internal readonly record struct GenerationAnswer(ModelVersion Version, DecoderModel Model, TextChoice[] Choices);
