using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults;

internal sealed record ExceptionMapping(Type Type, Func<Exception, ApiError> ToError);

internal sealed partial class ApiExceptionHandler(IEnumerable<ExceptionMapping> mappings, ILogger<ApiExceptionHandler> logger) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;
    private readonly ExceptionMapping[] _mappings = [.. mappings];

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads this answer; the status is for logs and metrics alone.
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        // The middleware has cleared the request's endpoint and kept it here.
        var endpoint = httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        var error = ToError(exception, endpoint?.Metadata.GetMetadata<InvalidFieldStatus>());
        if (error.Status >= 500 && FindMapping(exception) is null) LogUnexpected(httpContext.Request.Path, exception);
        await new ApiErrorResult(error).ExecuteAsync(httpContext);
        return true;
    }

    private ApiError ToError(Exception exception, InvalidFieldStatus? invalidField)
    {
        if (FindMapping(exception) is { } mapping) return WithFieldStatus(mapping.ToError(exception), invalidField);
        return exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => InvalidJson.ToError(json, invalidField),
            BadHttpRequestException bad => ApiError.ForStatus(bad.StatusCode),
            JsonException json => InvalidJson.ToError(json, invalidField),
            _ => ApiError.ForStatus(500),
        };
    }

    /// <summary>The table says 422 where a field is at fault; an endpoint may have another status for that.</summary>
    private static ApiError WithFieldStatus(ApiError error, InvalidFieldStatus? invalidField)
        => error.Status == 422 && invalidField is not null ? error with { Status = invalidField.Status } : error;

    private ExceptionMapping? FindMapping(Exception exception)
        => _mappings.Where(m => m.Type.IsInstanceOfType(exception)).OrderByDescending(m => Depth(m.Type)).FirstOrDefault();

    private static int Depth(Type type) => type.BaseType is { } parent ? Depth(parent) + 1 : 0;

    [LoggerMessage(Level = LogLevel.Error, Message = "Unhandled exception on {Path}")]
    private partial void LogUnexpected(string path, Exception exception);
}
