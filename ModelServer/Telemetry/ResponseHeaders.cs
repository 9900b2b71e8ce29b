using ModelServer.Caching;
using ModelServer.Models;

namespace ModelServer.Telemetry;

/// <summary>What every prediction tells about itself beside the body.</summary>
internal static class ResponseHeaders
{
    public static void Write(HttpContext http, ModelVersion version, Timing timing)
    {
        var headers = http.Response.Headers;
        headers["x-model-version"] = version.Version;
        headers["x-cache"] = timing.Cache.Name();
        headers["Server-Timing"] = timing.ToHeader();
    }
}
