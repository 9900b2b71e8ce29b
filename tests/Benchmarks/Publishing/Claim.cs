using System.Globalization;

namespace Benchmarks.Publishing;

/// <summary>Ours beside the best of its rivals under one load: a row of the summary.</summary>
/// <param name="Load">What was asked for.</param>
/// <param name="Unit">Of the figures.</param>
/// <param name="MoreIsBetter">Rates; else times.</param>
/// <param name="IsHeadline">The README shows it whoever wins.</param>
internal sealed record Claim(string Load, string Unit, bool MoreIsBetter, Measured Ours, Measured Rival, bool IsHeadline)
{
    public static readonly string[] Header = ["load", "unit", "ours", "best rival", "ours is better by"];

    /// <summary>How many times better ours is, from the figures as they are printed, so that readers can check it.</summary>
    public double Ratio => MoreIsBetter ? Printed(Ours) / Printed(Rival) : Printed(Rival) / Printed(Ours);

    public bool IsLost => Ratio < 1;

    public string[] Cells => [Load, Unit, Ours.ToString(), Rival.ToString(), $"{Ratio.ToString("0.00", CultureInfo.InvariantCulture)} ×"];

    /// <summary>Null where either was not measured.</summary>
    public static Claim? Of(string load, string unit, bool moreIsBetter, IEnumerable<Measured> ours, IEnumerable<Measured> rivals, bool isHeadline = false)
        => Best(ours, moreIsBetter) is { } own && Best(rivals, moreIsBetter) is { } rival ? new(load, unit, moreIsBetter, own, rival, isHeadline) : null;

    private static Measured? Best(IEnumerable<Measured> systems, bool moreIsBetter)
        => moreIsBetter ? systems.MaxBy(s => s.Figure.Median) : systems.MinBy(s => s.Figure.Median);

    private static double Printed(Measured measured) => double.Parse(Figure.Number(measured.Figure.Median), CultureInfo.InvariantCulture);
}

/// <summary>A system's figure under some load.</summary>
internal sealed record Measured(string System, Figure Figure)
{
    /// <summary>Those that have the figure at all.</summary>
    public static IEnumerable<Measured> All<TRow>(IEnumerable<TRow> rows, Func<TRow, string> system, Func<TRow, IEnumerable<double>> rounds)
        => rows.Select(row => Figure.Of(rounds(row)) is { } figure ? new Measured(system(row), figure) : null).OfType<Measured>();

    public override string ToString() => $"{System}: {Figure}";
}
