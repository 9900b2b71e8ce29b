using System.Globalization;
using ModelServer.OpenAI;

namespace ModelServer.Requests;

/// <summary>What every prediction tells about itself beside the body.</summary>
internal static class ResponseHeaders
{
    /// <param name="completionTokens">Null where nothing is generated, or where it is not yet known because the answer is a stream.</param>
    public static void Write(HttpContext http, string model, string version, Timing timing, int promptTokens, int? completionTokens = null)
    {
        var headers = http.Response.Headers;
        headers["x-model-version"] = version;
        headers["x-cache"] = timing.Cache.Name();
        headers["Server-Timing"] = timing.ToHeader();
        headers["x-usage-model"] = model;
        WriteUsage(http, promptTokens, completionTokens);
    }

    /// <summary>What the answer used: for the gateway, which charges it and strips the headers.</summary>
    public static void WriteUsage(HttpContext http, int promptTokens, int? completionTokens)
    {
        var headers = http.Response.Headers;
        headers["x-usage-prompt-tokens"] = promptTokens.ToString(CultureInfo.InvariantCulture);
        if (completionTokens is { } tokens) headers["x-usage-completion-tokens"] = tokens.ToString(CultureInfo.InvariantCulture);
    }
}
