using ModelServer.Decoders;
using ModelServer.Generation;

namespace ModelServer.Chat;

/// <summary>Reads assistants' answers out of generated text.</summary>
internal sealed class AnswerReader : IChunkReader<AnswerPart>
{
    public AnswerPart[] Read(TextChunk chunk)
    {
        var parts = new List<AnswerPart>(2);
        if (chunk.Text.Length > 0 || chunk.Tokens.Count > 0) parts.Add(new TextPart(chunk.Choice, chunk.Text, chunk.Tokens));
        if (chunk.Finish is { } finish) parts.Add(new EndPart(chunk.Choice, finish == FinishReason.Stop ? AnswerEnd.Stop : AnswerEnd.Length));
        return [.. parts];
    }

    public AnswerPart Nothing(int choice) => new TextPart(choice, "", []);
}
