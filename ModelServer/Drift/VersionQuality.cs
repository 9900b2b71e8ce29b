using ServiceDefaults.Drift;

namespace ModelServer.Drift;

/// <summary>Counts what feedback says of a version's predictions.</summary>
internal sealed class VersionQuality(string[] labels)
{
    private const int Bins = 10;

    /// <summary>Stands for the label that is missing where several may hold: predicted and not right, or right and not predicted.</summary>
    public const string NoLabel = "";

    private readonly Lock _gate = new();
    private readonly Dictionary<(int True, int Predicted), long> _confusion = [];
    private readonly (long Samples, long Correct, double Confidence)[] _bins = new (long, long, double)[Bins];
    private long _samples, _correct;

    /// <summary>Counts the resets: feedback of before one cannot be taken back after it.</summary>
    public int Epoch { get; private set; }

    /// <param name="pairs">Labels that are right and those predicted, by index; -1 for none.</param>
    /// <param name="isBestRight">Whether the label with the confidence is right.</param>
    /// <param name="times">1 to count it, -1 to take it back.</param>
    public void Count(ReadOnlySpan<(int True, int Predicted)> pairs, bool isCorrect, bool isBestRight, float confidence, int times)
    {
        lock (_gate)
        {
            _samples += times;
            if (isCorrect) _correct += times;
            foreach (var pair in pairs) _confusion[pair] = _confusion.GetValueOrDefault(pair) + times;
            ref var bin = ref _bins[Math.Clamp((int)(confidence * Bins), 0, Bins - 1)];
            bin = (bin.Samples + times, bin.Correct + (isBestRight ? times : 0), bin.Confidence + (times * confidence));
        }
    }

    /// <returns>Null where there was no feedback.</returns>
    public QualityCounts? Counts()
    {
        lock (_gate)
        {
            if (_samples == 0) return null;
            return new(
                _samples, _correct,
                [.. _confusion.Where(c => c.Value > 0).OrderBy(c => c.Key).Select(c => new ConfusionCount(NameOf(c.Key.True), NameOf(c.Key.Predicted), c.Value))],
                Array.ConvertAll(_bins, b => new CalibrationBin(b.Samples, b.Correct, b.Confidence)));
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            Epoch++;
            (_samples, _correct) = (0, 0);
            _confusion.Clear();
            Array.Clear(_bins);
        }
    }

    private string NameOf(int label) => label < 0 ? NoLabel : labels[label];
}
