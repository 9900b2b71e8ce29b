using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Errors;

internal sealed class ApiExceptionHandler(ExceptionTable errors) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads this answer; the status is for logs and metrics alone.
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        await new ApiErrorResult(errors.ToError(exception, httpContext)).ExecuteAsync(httpContext);
        return true;
    }
}
