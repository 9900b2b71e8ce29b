namespace ModelServer.Answers;

/// <summary>Writes the headers by which every prediction tells how it came about.</summary>
internal static class ResponseHeaders
{
    /// <param name="version">Without the model's name.</param>
    public static void Write(HttpContext http, string version, Timing timing)
    {
        var headers = http.Response.Headers;
        headers[AnswerHeaders.ModelVersion] = version;
        headers[AnswerHeaders.Cache] = timing.Cache.Name();
        headers[AnswerHeaders.ServerTiming] = timing.ToHeader();
    }
}
