using System.Globalization;

namespace ServiceDefaults.Protocol;

/// <summary><c>x-deadline-ms</c>: the milliseconds after which the caller does not wait any more. The gateway tells a model server what is left of them.</summary>
public static class DeadlineHeader
{
    public const string Name = "x-deadline-ms";

    /// <summary>The longest deadline that a model server takes, an hour; longer ones are as good as none.</summary>
    public const int MaxMilliseconds = 3_600_000;

    /// <param name="left">What is left; less than a millisecond counts as one.</param>
    public static string Format(TimeSpan left) => Math.Max(1, (long)left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a positive whole number.</summary>
    public static bool TryParse(string? header, out TimeSpan deadline)
    {
        var isNumber = int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds);
        deadline = TimeSpan.FromMilliseconds(milliseconds);
        return isNumber && milliseconds > 0;
    }
}
