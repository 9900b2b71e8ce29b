namespace ModelServer.Answers;

/// <summary>Writes the headers by which every prediction tells how it came about.</summary>
internal static class ResponseHeaders
{
    /// <param name="completionTokens">Null where nothing is generated, or where it is not yet known because the answer is a stream.</param>
    public static void Write(HttpContext http, string model, string version, Timing timing, int promptTokens, int? completionTokens = null)
    {
        var headers = http.Response.Headers;
        headers[AnswerHeaders.ModelVersion] = version;
        headers[AnswerHeaders.Cache] = timing.Cache.Name();
        headers[AnswerHeaders.ServerTiming] = timing.ToHeader();
        new ReportedUsage(model, promptTokens, completionTokens).WriteTo(headers);
    }
}
