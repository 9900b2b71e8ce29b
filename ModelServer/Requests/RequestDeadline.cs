using System.Globalization;
using ServiceDefaults;

namespace ModelServer.Requests;

/// <summary>The caller's <c>x-deadline-ms</c>: after so many milliseconds the request is given up, in the queue or in the engine, and answered 504.</summary>
internal sealed class RequestDeadline(RequestDelegate next, TimeProvider time)
{
    public const string HeaderName = "x-deadline-ms";

    /// <summary>An hour; longer ones are as good as none.</summary>
    private const int MaxMilliseconds = 3_600_000;

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Headers[HeaderName].ToString() is not { Length: > 0 } header)
        {
            await next(http);
            return;
        }

        if (!int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds is < 1 or > MaxMilliseconds)
        {
            await new ApiErrorResult(new(400, $"{HeaderName} must be a whole number from 1 to {MaxMilliseconds}.") { Param = HeaderName, Code = "header_invalid" }).ExecuteAsync(http);
            return;
        }

        var client = http.RequestAborted;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(milliseconds), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(client, deadline.Token);
        http.RequestAborted = either.Token;
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
}

/// <summary>The caller's deadline passed before there was an answer.</summary>
internal sealed class DeadlineExceededException() : Exception("The deadline passed before there was an answer.");
