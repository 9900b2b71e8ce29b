using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelServer.ModelFiles;

/// <summary>The only spellings of a model and of a version that are ever turned into a path.</summary>
internal static partial class ModelNames
{
    public static bool IsName(string text) => Name().IsMatch(text);

    public static bool IsVersion(string text) => Version().IsMatch(text);

    /// <summary>Splits <c>name</c> or <c>name:version</c>.</summary>
    public static (string Name, string? Version) Split(string reference)
    {
        var colon = reference.IndexOf(':');
        return colon < 0 ? (reference, null) : (reference[..colon], reference[(colon + 1)..]);
    }

    /// <summary>Orders versions by their dot-separated numbers: 2 before 10, 1.2 before 1.10; what is no number comes first.</summary>
    public static int CompareVersions(string left, string right)
    {
        var (a, b) = (left.Split('.'), right.Split('.'));
        for (var i = 0; i < Math.Max(a.Length, b.Length); i++)
        {
            var order = Part(a, i).CompareTo(Part(b, i));
            if (order != 0) return order;
        }

        return string.CompareOrdinal(left, right);

        static ulong Part(string[] parts, int i) => i < parts.Length && ulong.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[0-9]{1,18}(\.[0-9]{1,18}){0,3}\z")]
    private static partial Regex Version();
}
