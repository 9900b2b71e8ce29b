using System.Globalization;

namespace ServiceDefaults.Protocol;

/// <summary>The load that a model server tells with every answer: the value of ORCA's <c>endpoint-load-metrics</c> in its native text form (gRFC A51,
/// Envoy's open request cost aggregation), which is pairs of name and number, ours under <c>named_metrics</c>. The gateway reads two of them.</summary>
/// <param name="QueuedTokens">Tokens that the model server has admitted and not yet answered.</param>
/// <param name="Draining">Whether it takes nothing new.</param>
public readonly record struct LoadReport(double QueuedTokens, bool Draining)
{
    public const string HeaderName = "endpoint-load-metrics";

    private const string Prefix = "TEXT ", Ours = "named_metrics.", QueuedTokensName = Ours + "queued_tokens", DrainingName = Ours + "draining";

    /// <param name="kvUse">The part of the key-value cache in use, from 0 to 1.</param>
    public static string Format(long queuedTokens, int inFlight, double kvUse, int modelsReady, bool draining) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Prefix}{QueuedTokensName}={queuedTokens},{Ours}in_flight={inFlight},{Ours}kv_use={kvUse:0.###},{Ours}models_ready={modelsReady},{DrainingName}={(draining ? 1 : 0)}");

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
