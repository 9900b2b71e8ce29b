using ModelServer.Drift;
using ModelServer.Inference;

namespace ModelServer.Feedback;

/// <summary>What was answered to one input.</summary>
/// <param name="Index">Which input of its request.</param>
/// <param name="Count">How many inputs of the request are remembered.</param>
internal readonly record struct Prediction(VersionWatch Watch, RowFeatures Answer, int Index, int Count, DateTimeOffset At)
{
    /// <summary>The most labels that a model whose labels may hold at once can get feedback for.</summary>
    public const int MostLabels = 64;

    /// <summary>Whether several labels may hold at once.</summary>
    public bool AllowsSeveral => Answer.Labels is not null;

    /// <summary>Counts feedback, or takes it back.</summary>
    /// <param name="given">The right label by its index, or all right ones by their bits.</param>
    /// <param name="times">1, or -1 to take it back.</param>
    /// <returns>Whether the answer was right.</returns>
    public bool Book(ulong given, int times)
    {
        if (Answer.Labels is not { } predicted)
        {
            var isRight = (int)given == Answer.Label;
            Watch.Quality.Count([((int)given, Answer.Label)], isRight, isRight, Answer.Score, times);
            return isRight;
        }

        List<(int True, int Predicted)> pairs = [];
        for (var label = 0; label < Watch.Labels.Length; label++)
        {
            var (isTrue, isPredicted) = ((given >> label & 1) != 0, (predicted >> label & 1) != 0);
            if (isTrue || isPredicted) pairs.Add((isTrue ? label : -1, isPredicted ? label : -1));
        }

        var isCorrect = given == predicted;
        Watch.Quality.Count([.. pairs], isCorrect, (given >> Answer.Label & 1) != 0, Answer.Score, times);
        return isCorrect;
    }
}
