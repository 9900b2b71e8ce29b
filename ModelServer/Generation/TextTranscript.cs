using System.Text;
using ModelServer.Models;

namespace ModelServer.Generation;

/// <summary>Tells the observers what was generated, and keeps the text for those that want it.</summary>
internal sealed class TextTranscript(ITextObserver[] observers, ModelVersion version, TextGenerationRequest request)
{
    private readonly List<StringBuilder>? _texts = Array.Exists(observers, o => o.WantsText(version, request)) ? [] : null;

    public void Append(TextChunk chunk)
    {
        if (_texts is null) return;
        while (_texts.Count <= chunk.Choice) _texts.Add(new());
        _texts[chunk.Choice].Append(chunk.Text);
    }

    public void Complete(DecoderModel model, TextChoice[] choices)
    {
        var answer = new GeneratedAnswer(version, model, request, choices, _texts?.ConvertAll(text => text.ToString()).ToArray());
        foreach (var observer in observers) observer.Answered(answer);
    }
}
