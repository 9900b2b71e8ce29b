using System.Globalization;

namespace ModelServer.Tokenization.Unicode;

/// <summary>Which script a code point belongs to, from the embedded UnicodeScripts.txt, read once per process where a tokenizer asks.</summary>
internal static class UnicodeScripts
{
    private static readonly Lazy<(int[] Starts, int[] Ends, string[] Names)> Ranges = new(Read);

    /// <summary>The script's name as the reference library writes it; null for code points that it has in none.</summary>
    public static string? Of(int codePoint)
    {
        var (starts, ends, names) = Ranges.Value;
        var at = Array.BinarySearch(starts, codePoint);
        if (at < 0) at = ~at - 1;
        return at >= 0 && codePoint <= ends[at] ? names[at] : null;
    }

    private static (int[] Starts, int[] Ends, string[] Names) Read()
    {
        using var reader = new StreamReader(typeof(UnicodeScripts).Assembly.GetManifestResourceStream("ModelServer.UnicodeScripts.txt")!);
        var ranges = new List<(int Start, int End, string Name)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var (name, rest) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..]);
            foreach (var range in rest.Split(' '))
            {
                var ends = range.Split('-');
                ranges.Add((int.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), int.Parse(ends[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture), name));
            }
        }

        ranges.Sort();
        return ([.. ranges.Select(r => r.Start)], [.. ranges.Select(r => r.End)], [.. ranges.Select(r => r.Name)]);
    }
}
