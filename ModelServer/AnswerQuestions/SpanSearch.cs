namespace ModelServer.AnswerQuestions;

/// <summary>An answer in a window, by its first and its last token.</summary>
internal readonly record struct TokenSpan(int First, int Last, float Score);

/// <summary>The most likely answers of one window.</summary>
/// <param name="Spans">Best first; of equal ones the one that begins, then the one that ends first.</param>
/// <param name="None">The probability that there is none: that an answer begins and ends at the window's first token.</param>
internal sealed record FoundSpans(IReadOnlyList<TokenSpan> Spans, float None);

/// <summary>Finds answers as Hugging Face's question-answering pipeline does: the probability of a span is that of its start times that of its end. Pure.</summary>
internal static class SpanSearch
{
    /// <param name="logits">The window's.</param>
    /// <param name="cls">The id of the token that stands for no answer; null where there is none.</param>
    /// <param name="top">The most spans.</param>
    /// <param name="longest">The most tokens of a span.</param>
    public static FoundSpans Find(TokenLogits logits, QuestionWindow window, int? cls, int top, int longest)
    {
        // Beside the context the token of no answer counts, so that it takes from what the context has.
        Span<bool> counts = new bool[window.Ids.Length];
        for (var i = 0; i < counts.Length; i++) counts[i] = window.Ids[i] == cls;
        counts[window.Context.Start..window.Context.End].Fill(true);
        var (starts, ends) = (Probabilities.Of(logits.Start, counts), Probabilities.Of(logits.End, counts));
        var none = starts[0] * ends[0];
        starts[0] = ends[0] = 0;
        return new(Best(starts.AsSpan(0, window.Context.End), ends.AsSpan(0, window.Context.End), window.Context.Start, top, longest), none);
    }

    private static List<TokenSpan> Best(ReadOnlySpan<float> starts, ReadOnlySpan<float> ends, int from, int top, int longest)
    {
        var best = new List<TokenSpan>(top + 1);
        var surest = 0f;
        foreach (var end in ends[from..]) surest = Math.Max(surest, end);
        for (var first = from; first < starts.Length; first++)
        {
            if (best.Count == top && !(starts[first] * surest > best[^1].Score)) continue;
            for (var last = first; last < Math.Min(ends.Length, first + (long)longest); last++)
            {
                var score = starts[first] * ends[last];
                if (best.Count < top || score > best[^1].Score) Insert(best, new(first, last, score), top);
            }
        }

        return best;
    }

    /// <summary>Behind those that are as good, which came first.</summary>
    private static void Insert(List<TokenSpan> best, TokenSpan span, int top)
    {
        var place = best.Count;
        while (place > 0 && best[place - 1].Score < span.Score) place--;
        best.Insert(place, span);
        if (best.Count > top) best.RemoveAt(top);
    }
}
