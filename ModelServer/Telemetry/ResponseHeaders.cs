using System.Globalization;
using ModelServer.Caching;
using ModelServer.Models;

namespace ModelServer.Telemetry;

/// <summary>What every prediction tells about itself beside the body.</summary>
internal static class ResponseHeaders
{
    public static void Write(HttpContext http, ModelVersion version, Timing timing, int promptTokens)
    {
        var headers = http.Response.Headers;
        headers["x-model-version"] = version.Version;
        headers["x-cache"] = timing.Cache.Name();
        headers["Server-Timing"] = timing.ToHeader();
        // For the gateway, which charges them and strips them.
        headers["x-usage-model"] = version.Name;
        headers["x-usage-prompt-tokens"] = promptTokens.ToString(CultureInfo.InvariantCulture);
    }
}
