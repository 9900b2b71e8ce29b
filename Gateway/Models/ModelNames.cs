using System.Text.RegularExpressions;

namespace Gateway.Models;

/// <summary>The spellings of models and versions that model servers accept, and the order of versions.</summary>
internal static partial class ModelNames
{
    private const int MaxDigits = 18;

    /// <summary>Orders versions as model servers do: 2 before 10, 1.2 before 1.10; what is no number comes first.</summary>
    public static readonly IComparer<string> ByVersion = Comparer<string>.Create((left, right) =>
        string.CompareOrdinal(SortKey(left), SortKey(right)) is var order and not 0 ? order : string.CompareOrdinal(left, right));

    public static bool IsName(string text) => Name().IsMatch(text);

    public static bool IsVersion(string text) => Version().IsMatch(text);

    /// <summary>Pads the numbers of a version, so that texts sort as numbers; what is no number counts as 0.</summary>
    private static string SortKey(string version)
        => string.Join('.', version.Split('.').Select(part => part.All(char.IsAsciiDigit) ? part.TrimStart('0').PadLeft(MaxDigits, '0') : new string('0', MaxDigits)));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[0-9]{1,18}(\.[0-9]{1,18}){0,3}\z")]
    private static partial Regex Version();
}
