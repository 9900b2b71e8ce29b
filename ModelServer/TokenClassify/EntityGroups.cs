using System.Numerics.Tensors;

namespace ModelServer.TokenClassify;

/// <summary>A part of a text with its label: a token, a word, or several of them.</summary>
/// <param name="Start">In UTF-16 units of the text.</param>
internal readonly record struct LabelledPart(string Label, float Score, int Start, int End);

/// <summary>Joins tokens to entities by the rules of Hugging Face's token-classification pipeline. Pure.</summary>
internal static class EntityGroups
{
    /// <param name="aggregation">Not <see cref="Aggregation.None"/>.</param>
    public static IEnumerable<LabelledPart> Of(IReadOnlyList<ScoredToken> tokens, string[] labels, Aggregation aggregation)
        => Join(aggregation == Aggregation.Simple ? tokens.Select(t => Label(t, labels)) : Words(tokens, labels, aggregation));

    /// <summary>A token with its best label.</summary>
    public static LabelledPart Label(ScoredToken token, string[] labels)
    {
        var best = TensorPrimitives.IndexOfMax(token.Scores.Span);
        return new(labels[best], token.Scores.Span[best], token.Start, token.End);
    }

    private static IEnumerable<LabelledPart> Words(IReadOnlyList<ScoredToken> tokens, string[] labels, Aggregation aggregation)
    {
        for (int start = 0, end; start < tokens.Count; start = end)
        {
            for (end = start + 1; end < tokens.Count && tokens[end].ContinuesWord;) end++;
            yield return Word([.. tokens.Skip(start).Take(end - start)], labels, aggregation);
        }
    }

    private static LabelledPart Word(ScoredToken[] word, string[] labels, Aggregation aggregation)
    {
        var part = aggregation switch
        {
            Aggregation.First => Label(word[0], labels),
            // Of equally sure ones the first.
            Aggregation.Max => Label(word.MaxBy(t => TensorPrimitives.Max(t.Scores.Span)), labels),
            _ => Label(word[0] with { Scores = Mean(word) }, labels),
        };
        return part with { Start = word[0].Start, End = word[^1].End };
    }

    private static float[] Mean(ScoredToken[] word)
    {
        var mean = word[0].Scores.ToArray();
        foreach (var token in word.AsSpan(1)) TensorPrimitives.Add(mean, token.Scores.Span, mean);
        TensorPrimitives.Divide(mean, word.Length, mean);
        return mean;
    }

    /// <summary>Neighbours of one kind are one entity; B- begins another. A label without B- or I- counts as I-.</summary>
    private static IEnumerable<LabelledPart> Join(IEnumerable<LabelledPart> parts)
    {
        List<LabelledPart> group = [];
        foreach (var part in parts)
        {
            if (group.Count > 0 && (Begins(part.Label) || Kind(part.Label) != Kind(group[^1].Label)))
            {
                yield return Whole(group);
                group.Clear();
            }

            group.Add(part);
        }

        if (group.Count > 0) yield return Whole(group);
    }

    /// <summary>The label is the first one's, behind its first hyphen; the score is the mean.</summary>
    private static LabelledPart Whole(List<LabelledPart> group)
        => new(group[0].Label[(group[0].Label.IndexOf('-') + 1)..], group.Average(p => p.Score), group[0].Start, group[^1].End);

    private static bool Begins(string label) => label.StartsWith("B-", StringComparison.Ordinal);

    private static string Kind(string label) => Begins(label) || label.StartsWith("I-", StringComparison.Ordinal) ? label[2..] : label;
}
