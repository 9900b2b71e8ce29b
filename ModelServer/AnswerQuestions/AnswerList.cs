using ModelServer.Tokenization.Texts;

namespace ModelServer.AnswerQuestions;

/// <summary>An answer to a question.</summary>
/// <param name="Place">In the context, in UTF-16 units; empty, at its beginning, for no answer.</param>
internal readonly record struct FoundAnswer(string Text, TextSpan Place, double Score);

/// <summary>Gathers one question's answers from all windows of its context.</summary>
internal sealed class AnswerList(string context, AnswerSettings settings)
{
    private readonly List<FoundAnswer> _answers = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private float _none = float.PositiveInfinity;

    public void Add(QuestionWindow window, ReadOnlySpan<float> row, int? cls)
    {
        var found = SpanSearch.Find(new(row), window, cls, settings.TopK, settings.MaxAnswerTokens);
        _none = Math.Min(_none, found.None);
        foreach (var span in found.Spans) Add(window.Locate(span, settings.AlignToWords), span.Score);
    }

    public IEnumerable<FoundAnswer> Best()
    {
        var all = settings.HandleImpossibleAnswer ? _answers.Append(new("", default, _none)) : _answers;
        return all.OrderByDescending(a => a.Score).Take(settings.TopK);
    }

    /// <summary>One text is one answer, wherever it stands: its probabilities are added.</summary>
    private void Add(TextSpan place, float score)
    {
        var text = context[place.Start..place.End];
        if (_places.TryAdd(text.ToLowerInvariant(), _answers.Count)) _answers.Add(new(text, place, score));
        else
        {
            var index = _places[text.ToLowerInvariant()];
            _answers[index] = _answers[index] with { Score = _answers[index].Score + score };
        }
    }
}
