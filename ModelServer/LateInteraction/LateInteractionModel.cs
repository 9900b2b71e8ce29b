using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;

namespace ModelServer.LateInteraction;

/// <summary>A loaded model of token vectors: a row holds one for each token, those of skipped ones too. Rows of two versions are compared by their direction as a whole.</summary>
internal sealed class LateInteractionModel(ModelSource source, LateInteractionSettings settings, int maxTokens, EncoderEngine engine)
    : EncoderModel(LateInteractionTask.Id, source, maxTokens, engine)
{
    public LateInteractionSettings Settings => settings;

    /// <summary>Floats of a vector; the last sequence of the warm-up was as long as any.</summary>
    public int Dimensions { get; } = engine.Width / maxTokens;

    public override int UpperBound(EncoderInput input, int maxTokens) => input is not MarkedText text ? base.UpperBound(input, maxTokens)
        : text.IsQuery ? settings.QueryLength
        : Math.Min(settings.DocumentLength, Tokenizer.UpperBound(Prompted(text)) + 1);

    /// <summary>Marks a text and fills a query up, as PyLate does.</summary>
    public override EncoderSequence Encode(EncoderInput input, int maxTokens, QueueLane lane, string field, bool truncate)
    {
        if (input is not MarkedText text) return base.Encode(input, maxTokens, lane, field, truncate);
        var (length, marker) = text.IsQuery ? (settings.QueryLength, settings.QueryMarker) : (settings.DocumentLength, settings.DocumentMarker);
        var room = length - (marker is null ? 0 : 1);
        if (text.MaxTokens is { } most && most < room) (room, truncate) = (Math.Min(room, most + Tokenizer.SpecialTokenCount()), true);
        var encoding = Tokenizer.Encode(Prompted(text), maxLength: room, truncate: truncate, side: text.Side);
        if (encoding.Ids.Length > room) throw TooLong(encoding.Ids.Length, room, text.Field ?? field);

        List<int> ids = [.. encoding.Ids], typeIds = [.. encoding.TypeIds];
        if (marker is { } id)
        {
            var place = Math.Min(1, ids.Count);
            ids.Insert(place, id);
            typeIds.Insert(place, 0);
        }

        var attended = ids.Count;
        if (text.IsQuery && settings.Expansion is { } expansion)
        {
            ids.AddRange(Enumerable.Repeat(expansion, length - ids.Count));
            typeIds.AddRange(Enumerable.Repeat(0, length - typeIds.Count));
        }

        if (ids.Count == 0) throw new InvalidFieldException(text.Field ?? field, $"{text.Field ?? field} has no tokens.");
        // What none attends to would be a row of nothing.
        return new EncoderSequence([.. ids], [.. typeIds], lane) { Attended = settings.AttendsToExpansion || attended == 0 ? ids.Count : attended };
    }

    /// <summary>What a row says.</summary>
    public TokenVectors Vectors(ReadOnlyMemory<float> row, EncoderSequence sequence, bool isQuery) => new(row, sequence.Ids, isQuery ? null : settings.Skipped);

    /// <summary>A query's score with a document, or the first numbers of a document's vectors.</summary>
    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Document is not { } document)
        {
            if (golden.Embedding is not { } expected) throw check.IsNotOf(Task);
            float[] numbers = [.. Infer(golden.Text, isQuery: false, check).All.SelectMany(v => v.ToArray())];
            if (expected.Length > numbers.Length) throw check.Wrong($" has more numbers than the vectors' {numbers.Length}.");
            for (var i = 0; i < expected.Length; i++) check.Compare($"number {i}", numbers[i], expected[i]);
            return;
        }

        check.Compare("the document", TokenVectors.Score(Infer(golden.Text, isQuery: true, check), Infer(document, isQuery: false, check)), golden.Score!.Value);
    }

    private TokenVectors Infer(string text, bool isQuery, GoldenCheck check)
    {
        var (sequence, row) = Infer(new MarkedText(text, isQuery), check);
        return Vectors(row, sequence, isQuery);
    }

    private string Prompted(MarkedText text) => settings.Files.DefaultPrompt is { } name ? settings.Files.Prompts[name] + text.Text : text.Text;
}
