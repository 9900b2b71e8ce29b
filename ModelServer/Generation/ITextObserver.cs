using System.Text;
using ModelServer.Models;

namespace ModelServer.Generation;

/// <summary>Sees what generators answered, for those requests that it wants to see. Called on the thread that reads a request's text: it takes microseconds and throws nothing.</summary>
internal interface ITextObserver
{
    /// <summary>Asked when a version begins to answer a request.</summary>
    bool Wants(ModelVersion version, TextGenerationRequest request);

    /// <param name="texts">One for each choice, in order.</param>
    void Answered(ModelVersion version, TextGenerationRequest request, string[] texts);
}

/// <summary>Writes down what was generated, for the observers that want it.</summary>
internal sealed class TextTranscript(ITextObserver[] observers, ModelVersion version, TextGenerationRequest request)
{
    private readonly List<StringBuilder> _texts = [];

    /// <returns>Null where nobody wants it.</returns>
    public static TextTranscript? For(ITextObserver[] observers, ModelVersion version, TextGenerationRequest request)
        => Array.Exists(observers, o => o.Wants(version, request)) ? new(Array.FindAll(observers, o => o.Wants(version, request)), version, request) : null;

    public void Append(TextChunk chunk)
    {
        while (_texts.Count <= chunk.Choice) _texts.Add(new());
        _texts[chunk.Choice].Append(chunk.Text);
    }

    public void Complete()
    {
        foreach (var observer in observers) observer.Answered(version, request, [.. _texts.Select(t => t.ToString())]);
    }
}
