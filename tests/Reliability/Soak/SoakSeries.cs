namespace Reliability.Soak;

/// <summary>What is sampled, and how fast it may grow.</summary>
internal sealed record SoakLimit(string Figure, string Unit, double MostPerHour)
{
    /// <summary>Limits of the second part of a soak. They are above what a machine's noise makes of half an hour, and far below what a leak of any
    /// use of a request would make: a soak of this load answers 100,000 requests an hour and more.</summary>
    public static IReadOnlyList<SoakLimit> All { get; } =
    [
        new("rss", "MB", 60),
        new("anonymous", "MB", 60),
        new("heap", "MB", 40),
        new("handles", "", 20),
        new("threads", "", 10),
        new("kv rows", "", 16),
        new("queue", "", 200),
        new("redis keys", "", 1500),
        new("redis memory", "MB", 30),
    ];
}

/// <summary>Samples of one figure of one process.</summary>
internal sealed class SoakSeries(string process, SoakLimit limit)
{
    private readonly List<SoakSample> _samples = [];

    public string Process => process;

    public string Figure => limit.Figure;

    public string Unit => limit.Unit;

    public double MostPerHour => limit.MostPerHour;

    public IReadOnlyList<SoakSample> Samples => _samples;

    public void Add(TimeSpan at, double value) => _samples.Add(new(at.TotalHours, value));

    /// <summary>The growth an hour from a moment on.</summary>
    public TheilSen Slope(TimeSpan from) => TheilSen.Of([.. _samples.Where(s => s.Hours >= from.TotalHours).Select(s => (s.Hours, s.Value))]);
}

/// <param name="Hours">Since the soak began.</param>
internal readonly record struct SoakSample(double Hours, double Value);
