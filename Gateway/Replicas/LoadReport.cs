using System.Globalization;

namespace Gateway.Replicas;

/// <summary>A model server's report of its load, from ORCA's <c>endpoint-load-metrics</c> in text form or from its <c>/health</c>.</summary>
/// <param name="QueuedTokens">Tokens it has admitted and not yet answered.</param>
/// <param name="Draining">Whether it takes nothing new.</param>
internal readonly record struct LoadReport(double QueuedTokens, bool Draining)
{
    public const string HeaderName = "endpoint-load-metrics";
    private const string Prefix = "TEXT ", QueuedTokensName = "named_metrics.queued_tokens", DrainingName = "named_metrics.draining";

    /// <summary>Reads the text form; false for any other. Names that are not ours and values that are no numbers are passed over.</summary>
    public static bool TryParse(ReadOnlySpan<char> header, out LoadReport report)
    {
        report = default;
        if (!header.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        header = header[Prefix.Length..];
        foreach (var range in header.Split(','))
        {
            var pair = header[range].Trim();
            var equals = pair.IndexOf('=');
            if (equals < 0 || !double.TryParse(pair[(equals + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value)) continue;
            var name = pair[..equals];
            if (name.SequenceEqual(QueuedTokensName)) report = report with { QueuedTokens = Math.Max(value, 0) };
            else if (name.SequenceEqual(DrainingName)) report = report with { Draining = value > 0 };
        }

        return true;
    }
}
