using ServiceDefaults.Contracts;
using ServiceDefaults.Drift;
using ServiceDefaults.Statistics;

namespace ServiceDefaults.Tests.Drift;

/// <summary>Observations as a model server keeps them: the first ones, and the last ones.</summary>
internal sealed class Traffic(DriftSettings settings)
{
    public static readonly DriftSettings Settings = new(Window: 500, BaselineSize: 1000, MinSamples: 100, LookEvery: 100, Alpha: 0.01, Horizon: 10_000, Correction.Holm);

    private readonly List<(long At, float Confidence, float Length, float Unknown, int Label)> _all = [];

    public int Count => _all.Count;

    public Traffic() : this(Settings)
    {
    }

    /// <summary>One input of a classifier. A shift makes texts longer and answers less sure.</summary>
    public void Add(Random random, long at, double shift = 0)
    {
        var length = Math.Floor(4 + (random.NextDouble() * random.NextDouble() * (40 + (40 * shift))));
        var confidence = Math.Pow(random.NextDouble(), 0.2 + shift);
        _all.Add((at, (float)confidence, (float)length, random.NextDouble() < 0.3 ? (float)(1 / length) : 0, random.NextDouble() < 0.6 ? 1 : 0));
    }

    public VersionDrift Told(DriftBaseline? stored = null)
    {
        var early = stored is null ? Math.Min(settings.BaselineSize, Count) : 0;
        var recent = Math.Min(settings.Window + settings.LookEvery, Count);
        return new("1", "text-classification", ["NEGATIVE", "POSITIVE"], Count, Rows(0, early), Rows(Count - recent, recent), stored, null);
    }

    private DriftRows Rows(int start, int count)
    {
        var some = _all.GetRange(start, count);
        return new(
            [.. some.Select(o => o.At)],
            new() { ["confidence"] = [.. some.Select(o => o.Confidence)], ["length"] = [.. some.Select(o => o.Length)], ["unknown_share"] = [.. some.Select(o => o.Unknown)] },
            [.. some.Select(o => o.Label)]);
    }
}
