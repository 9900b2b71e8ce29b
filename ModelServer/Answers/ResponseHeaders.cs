using Microsoft.AspNetCore.Http.Features;
using ModelServer.Requests;

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

    /// <summary>Begins a stream of server-sent events: nothing on the way to the client is to hold them back. Does nothing where it has begun. The answer starts here, before
    /// any event is written: a deadline that passed before the first flush would else be an ordinary error behind events that were written already.</summary>
    public static Task BeginEventsAsync(HttpContext http, string version, Timing timing)
    {
        if (http.Response.HasStarted) return Task.CompletedTask;
        Write(http, version, timing);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return http.Response.StartAsync(RequestDeadline.ClientOf(http));
    }
}
