using ModelServer.Requests;

namespace ModelServer.Metering;

/// <summary>Tells the gateway what each request took: in headers when the answer is whole, in trailers behind a stream where the protocol has them, and to whoever
/// asks afterwards. A request that fails by our fault takes nothing; one whose caller left, or whose deadline passed, takes what was read and written by then.</summary>
internal sealed class UsageReporting(RequestDelegate next, RecentUsage recent)
{
    private const string Stream = "text/event-stream";

    public async Task InvokeAsync(HttpContext http)
    {
        var meter = new UsageMeter();
        http.Features.Set(meter);
        // When the response starts: error handling clears headers.
        http.Response.OnStarting(static state =>
        {
            var http = (HttpContext)state;
            WriteHead(http.Response, UsageMeter.Of(http).Total());
            return Task.CompletedTask;
        }, http);
        try
        {
            await next(http);
        }
        finally
        {
            var usage = meter.Total();
            if (IsStream(http.Response) && http.Response.SupportsTrailers()) WriteTrailers(http.Response, usage);
            if (http.Request.Headers[UsageInquiry.AttemptHeader] is [{ } attempt] && UsageInquiry.IsSane(attempt)) recent.Add(attempt, usage);
        }
    }

    private static void WriteHead(HttpResponse response, in ReportedUsage usage)
    {
        if (response.StatusCode >= 400 && response.StatusCode != StatusCodes.Status504GatewayTimeout) return;
        // What a stream will have taken is not known yet.
        (IsStream(response) ? new ReportedUsage(usage.Model, null, null) : usage).WriteTo(response.Headers);
    }

    private static void WriteTrailers(HttpResponse response, in ReportedUsage usage)
    {
        var trailers = new HeaderDictionary();
        usage.WriteTo(trailers);
        foreach (var (name, value) in trailers) response.AppendTrailer(name, value);
    }

    private static bool IsStream(HttpResponse response) => response.ContentType?.StartsWith(Stream, StringComparison.Ordinal) == true;
}
