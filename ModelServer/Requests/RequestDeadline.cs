namespace ModelServer.Requests;

/// <summary>The caller's <c>x-deadline-ms</c>: after so many milliseconds the request is given up, in the queue or in the engine, and answered 504.</summary>
internal sealed class RequestDeadline(RequestDelegate next, TimeProvider time)
{
    public Task InvokeAsync(HttpContext http) => http.Request.Headers[DeadlineHeader.Name].ToString() is { Length: > 0 } header ? KeepAsync(http, header) : next(http);

    private async Task KeepAsync(HttpContext http, string header)
    {
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
        http.Features.Set(new ClientToken(client));
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
            http.RequestAborted = client;
        }
    }

    /// <summary>A whole answer that is there is sent, whatever the clock says: begun and cut off it could no longer be a 504. A stream goes on being made, and keeps its deadline.</summary>
    public static ValueTask<object?> EndAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
        => context.HttpContext.Features.Get<ClientToken>() is { } client ? EndAsync(context, next, client) : next(context);

    private static async ValueTask<object?> EndAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, ClientToken client)
    {
        var result = await next(context);
        if (result is not IStreamedResult) context.HttpContext.RequestAborted = client.Token;
        return result;
    }

    /// <summary>Cancelled when the caller leaves, and by no deadline. What is written is flushed with it: a flush that is cancelled aborts the whole answer.</summary>
    public static CancellationToken ClientOf(HttpContext http) => http.Features.Get<ClientToken>()?.Token ?? http.RequestAborted;

    /// <param name="Token">Cancelled when the caller leaves, and by no deadline.</param>
    private sealed record ClientToken(CancellationToken Token);
}

/// <summary>A result that is still being made while it is sent.</summary>
internal interface IStreamedResult : IResult;

/// <summary>The caller's deadline passed before there was an answer.</summary>
internal sealed class DeadlineExceededException() : Exception("The deadline passed before there was an answer.");
