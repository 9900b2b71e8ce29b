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

        var error = ToError(exception);
        if (error.Status >= 500 && FindMapping(exception) is null) LogUnexpected(httpContext.Request.Path, exception);
        await new ApiErrorResult(error).ExecuteAsync(httpContext);
        return true;
    }

    private ApiError ToError(Exception exception)
    {
        if (FindMapping(exception) is { } mapping) return mapping.ToError(exception);
        return exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => MalformedJson(json),
            BadHttpRequestException bad => ApiError.ForStatus(bad.StatusCode),
            JsonException json => MalformedJson(json),
            _ => ApiError.ForStatus(500),
        };
    }

    private ExceptionMapping? FindMapping(Exception exception)
        => _mappings.Where(m => m.Type.IsInstanceOfType(exception)).OrderByDescending(m => Depth(m.Type)).FirstOrDefault();

    private static int Depth(Type type) => type.BaseType is { } parent ? Depth(parent) + 1 : 0;

    private static ApiError MalformedJson(JsonException json)
    {
        // Position and path are facts about the caller's own text; the exception's message could quote it.
        var where = json.LineNumber is { } line ? $" (line {line + 1}, byte {json.BytePositionInLine})" : "";
        return new ApiError(400, $"The body is not valid JSON for this route{where}.") { Code = "invalid_json", Param = json.Path is null or "$" ? null : json.Path };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Unhandled exception on {Path}")]
    private partial void LogUnexpected(string path, Exception exception);
}
