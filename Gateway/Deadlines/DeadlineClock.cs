namespace Gateway.Deadlines;

/// <summary>Notes when a request with a deadline came in. A header that is no positive number counts as none: the model server says what is wrong with it.</summary>
internal sealed class DeadlineClock(RequestDelegate next, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var header = context.Request.Headers[DeadlineHeader.Name];
        if (header.Count == 1 && DeadlineHeader.TryParse(header[0], out var limit)) context.Features.Set(new RequestDeadline(time.GetTimestamp(), limit));
        return next(context);
    }
}
