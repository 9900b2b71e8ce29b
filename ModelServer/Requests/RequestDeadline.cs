namespace ModelServer.Requests;

/// <summary>The caller's <c>x-deadline-ms</c>: after so many milliseconds the request is given up, in the queue or in the engine, and answered 504.</summary>
internal sealed class RequestDeadline(RequestDelegate next, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Headers[DeadlineHeader.Name].ToString() is not { Length: > 0 } header)
        {
            await next(http);
            return;
        }

        if (!DeadlineHeader.TryParse(header, out var limit) || limit > TimeSpan.FromMilliseconds(DeadlineHeader.MaxMilliseconds))
        {
            var message = $"{DeadlineHeader.Name} must be a whole number from 1 to {DeadlineHeader.MaxMilliseconds}.";
            await new ApiErrorResult(new(400, message) { Param = DeadlineHeader.Name, Code = "header_invalid" }).ExecuteAsync(http);
            return;
        }

        var client = http.RequestAborted;
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(client, deadline.Token);
        http.RequestAborted = either.Token;
        var isMade = false;
        // What is there is sent: an answer that was begun can be cut off, and no longer be a 504. A stream goes on being made, and keeps its deadline.
        http.Response.OnStarting(() =>
        {
            if (!isMade && http.Response.ContentType != "text/event-stream") deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            return Task.CompletedTask;
        });
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !client.IsCancellationRequested)
        {
            throw new DeadlineExceededException();
        }
        finally
        {
            isMade = true;
            http.RequestAborted = client;
        }
    }
}

/// <summary>The caller's deadline passed before there was an answer.</summary>
internal sealed class DeadlineExceededException() : Exception("The deadline passed before there was an answer.");
