using System.Globalization;

namespace Publishing;

/// <summary>What <c>./publish</c> prints at its end.</summary>
internal static class SizeTable
{
    public static string Of(string version, IEnumerable<(Flavour Flavour, PublishedFolder Folder)> published)
    {
        string[][] rows =
        [
            ["name", "version", "MB beyond base", "limit", "files"],
            .. published.Select(p => new[]
            {
                p.Flavour.Name, version, p.Folder.Megabytes.ToString("0.0", CultureInfo.InvariantCulture), $"{p.Flavour.LimitMegabytes}", $"{p.Folder.Files.Count}",
            }),
        ];
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        return string.Join('\n', rows.Select(row => string.Join("  ", row.Select((cell, c) => c < 2 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd()));
    }

    /// <returns>What must not be deployed as it is.</returns>
    public static string[] Faults(IEnumerable<(Flavour Flavour, PublishedFolder Folder)> published) =>
    [
        .. published.SelectMany(p => p.Folder.Foreign().Select(file => $"{p.Flavour.Name}: {file} has no business in a Linux image.")
            .Concat(p.Folder.Megabytes > p.Flavour.LimitMegabytes ? [$"{p.Flavour.Name} is larger than {p.Flavour.LimitMegabytes} MB."] : [])),
    ];
}
