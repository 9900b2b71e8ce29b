using System.Text.RegularExpressions;

namespace Testing;

/// <summary>Reads what a service answered at <c>/metrics</c>, in the Prometheus text format.</summary>
public sealed partial class Scrape(string text)
{
    public string Text => text;

    /// <summary>Families with their types.</summary>
    public IReadOnlyDictionary<string, string> Families { get; } = Type().Matches(text).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["type"].Value);

    /// <summary>Every series: its name and labels.</summary>
    public string[] Series { get; } = [.. Sample().Matches(text).Select(m => m.Groups["series"].Value)];

    /// <summary>The labels that the series of a family have, le aside.</summary>
    public string[] LabelsOf(string family)
        => [.. Series.Where(s => FamilyOf(s) == family).SelectMany(s => Label().Matches(s).Select(m => m.Groups["name"].Value)).Where(l => l != "le").Distinct().Order(StringComparer.Ordinal)];

    private string FamilyOf(string series)
    {
        var name = series.Split('{')[0];
        return Families.ContainsKey(name) ? name : Ending().Replace(name, "");
    }

    [GeneratedRegex(@"^# TYPE (?<name>\S+) (?<type>\w+)$", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"^(?<series>[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{.*\})?) [^ ]+$", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("[{,](?<name>[a-zA-Z_][a-zA-Z0-9_]*)=\"")]
    private static partial Regex Label();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Ending();
}
