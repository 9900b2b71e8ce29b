using ModelServer.Encoders;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.TokenClassify;

/// <summary>Makes entities of what the engine gave for the windows of a text.</summary>
/// <param name="ignored">Labels that are left out.</param>
internal sealed class EntityFinder(TokenClassificationModel model, Aggregation aggregation, HashSet<string> ignored)
{
    private readonly ScoredTokens _tokens = new(model);

    /// <param name="windows">Of this text, in order.</param>
    /// <param name="rows">One for each window.</param>
    public Entity[] Find(string text, ReadOnlySpan<EncoderSequence> windows, ReadOnlySpan<ReadOnlyMemory<float>> rows)
    {
        var places = TokenEncoding.CodePointPlaces(text);
        List<Entity> entities = [];
        for (var i = 0; i < windows.Length; i++)
        {
            var tokens = _tokens.Of(text, places, windows[i], rows[i].Span);
            if (aggregation != Aggregation.None) entities.AddRange(EntityGroups.Of(tokens, model.Labels, aggregation).Where(IsWanted).Select(part => Entity(text, places, part)));
            else entities.AddRange(tokens.Select(t => (Token: t, Part: EntityGroups.Label(t, model.Labels))).Where(t => IsWanted(t.Part))
                .Select(t => Entity(text, places, t.Part) with { Word = _tokens.Word(text, t.Token), Index = t.Token.Index }));
        }

        return windows.Length == 1 ? [.. entities] : BestOfOverlapping(entities);
    }

    private bool IsWanted(LabelledPart part) => !ignored.Contains(part.Label);

    private static Entity Entity(string text, int[] places, LabelledPart part) => new(part.Label, part.Score, text[part.Start..part.End], places[part.Start], places[part.End]);

    /// <summary>What two windows both found is told once: of entities that overlap the longest stays, of equally long ones that with the best score
    /// (Hugging Face's <c>aggregate_overlapping_entities</c>).</summary>
    private static Entity[] BestOfOverlapping(List<Entity> entities)
    {
        List<Entity> best = [];
        foreach (var entity in entities.OrderBy(e => e.Start))
        {
            if (best is not [.., var last] || entity.Start >= last.End) best.Add(entity);
            else if ((entity.End - entity.Start, entity.Score).CompareTo((last.End - last.Start, last.Score)) > 0) best[^1] = entity;
        }

        return [.. best];
    }
}
