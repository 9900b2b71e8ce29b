using System.Globalization;

namespace Benchmarks.Autoscaling;

/// <summary>Requests over time: how many come in each interval. Within one they are spread as a Poisson process spreads them.</summary>
/// <param name="Interval">Seconds.</param>
/// <param name="Counts">Requests of each interval.</param>
/// <param name="IsExact">Whether exactly so many come, as in a recording, or so many on average.</param>
internal sealed record TrafficTrace(string Name, double Interval, IReadOnlyList<double> Counts, bool IsExact)
{
    private const string Header = "seconds,requests";

    /// <summary>Seconds from the first to the end of the last interval.</summary>
    public double Duration => Interval * Counts.Count;

    /// <summary>Requests a second in the busiest interval.</summary>
    public double PeakRate => Counts.Max() / Interval;

    /// <summary>Requests a second in the first five minutes.</summary>
    public double FirstRate => Counts.Take((int)Math.Ceiling(300 / Interval)).Average() / Interval;

    /// <summary>Requests a second over all.</summary>
    public double MeanRate => Counts.Sum() / Duration;

    /// <summary>Reads a recording: the line <c>seconds,requests</c>, then for each interval the second at which it begins and the requests that came in it.
    /// Lines that begin with # are comments.</summary>
    /// <exception cref="FormatException">The file says something else; the line is named.</exception>
    public static TrafficTrace Read(string file)
    {
        var lines = File.ReadLines(file).Select((text, i) => (Text: text.Trim(), Number: i + 1)).Where(l => l.Text.Length > 0 && l.Text[0] != '#').ToArray();
        if (lines is not [(Header, _), _, _, ..]) throw new FormatException($"{file} must begin with the line {Header} and have two intervals at least.");
        var rows = lines.Skip(1).Select(l => Row(file, l.Text, l.Number)).ToArray();
        var interval = rows[1].Seconds - rows[0].Seconds;
        if (interval <= 0) throw new FormatException($"{file}: the seconds must grow.");
        for (var i = 1; i < rows.Length; i++)
        {
            if (Math.Abs(rows[i].Seconds - rows[i - 1].Seconds - interval) > 1e-6 * interval)
                throw new FormatException($"{file}, line {lines[i + 1].Number}: every interval must be as long as the first one, {interval.ToString(CultureInfo.InvariantCulture)} s.");
        }

        return new(Path.GetFileNameWithoutExtension(file), interval, [.. rows.Select(r => r.Requests)], IsExact: true);
    }

    /// <summary>The same shape with another peak.</summary>
    /// <param name="peak">Requests a second.</param>
    public TrafficTrace WithPeak(double peak)
    {
        var factor = peak / PeakRate;
        return this with { Counts = [.. Counts.Select(c => IsExact ? Math.Round(c * factor) : c * factor)] };
    }

    /// <summary>The seconds at which requests come, in order.</summary>
    public IEnumerable<double> Arrivals(Random random)
    {
        for (var i = 0; i < Counts.Count; i++)
        {
            var times = new double[IsExact ? (int)Counts[i] : Draws.Poisson(random, Counts[i])];
            for (var j = 0; j < times.Length; j++) times[j] = (i + random.NextDouble()) * Interval;
            Array.Sort(times);
            foreach (var time in times) yield return time;
        }
    }

    private static (double Seconds, double Requests) Row(string file, string text, int line)
        => text.Split(',') is [var seconds, var requests]
            && double.TryParse(seconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var at)
            && int.TryParse(requests, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? (at, count)
            : throw new FormatException($"{file}, line {line}: '{text}' is not two numbers, {Header}.");
}
