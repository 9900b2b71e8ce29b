using Microsoft.Net.Http.Headers;

namespace ServiceDefaults.Prometheus;

/// <summary>One of the two text formats: Prometheus' own, which is the default, or OpenMetrics, which has exemplars.</summary>
/// <param name="ContentType">As the answer names it.</param>
/// <param name="IsOpen">Whether it is OpenMetrics.</param>
internal sealed record PrometheusFormat(string ContentType, bool IsOpen)
{
    private const string OpenType = "application/openmetrics-text";

    public static readonly PrometheusFormat Text = new("text/plain; version=0.0.4; charset=utf-8", IsOpen: false);
    public static readonly PrometheusFormat Open = new($"{OpenType}; version=1.0.0; charset=utf-8", IsOpen: true);

    /// <summary>OpenMetrics for those who name it, and like nothing better that could be had.</summary>
    public static PrometheusFormat For(IEnumerable<MediaTypeHeaderValue> accept)
    {
        double? open = null, text = null;
        foreach (var type in accept)
        {
            var quality = type.Quality ?? 1;
            if (type.MediaType.Equals(OpenType, StringComparison.OrdinalIgnoreCase)) open = Math.Max(open ?? 0, quality);
            else if (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)) text = Math.Max(text ?? 0, quality);
        }

        return open > 0 && open >= (text ?? 0) ? Open : Text;
    }
}
