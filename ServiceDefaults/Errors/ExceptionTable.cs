using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ServiceDefaults.Errors;

internal sealed record ExceptionMapping(Type Type, Func<Exception, ApiError> ToError);

/// <summary>The one table that turns exceptions into errors. The exception middleware asks it for requests that fail as a whole;
/// an endpoint that answers part of a request, or has begun to stream, asks it directly.</summary>
public sealed partial class ExceptionTable
{
    private readonly ExceptionMapping[] _mappings;
    private readonly ILogger _logger;

    internal ExceptionTable(IEnumerable<ExceptionMapping> mappings, ILogger logger)
    {
        _mappings = [.. mappings];
        _logger = logger;
    }

    /// <summary>Finds what the caller is told. An exception without a row in the table is logged.</summary>
    public ApiError ToError(Exception exception, HttpContext http)
    {
        // The exception middleware has cleared the request's endpoint and kept it here.
        var endpoint = http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint();
        var mapping = FindMapping(exception);
        var error = ToError(exception, mapping, endpoint?.Metadata.GetMetadata<InvalidFieldStatus>());
        if (error.Status >= 500 && mapping is null) LogUnexpected(http.Request.Path, exception);
        return error;
    }

    private static ApiError ToError(Exception exception, ExceptionMapping? mapping, InvalidFieldStatus? invalidField) => exception switch
    {
        _ when mapping is not null => WithFieldStatus(mapping.ToError(exception), invalidField),
        BadHttpRequestException { InnerException: JsonException json } => InvalidJson.ToError(json, invalidField),
        BadHttpRequestException bad => ApiError.ForStatus(bad.StatusCode),
        JsonException json => InvalidJson.ToError(json, invalidField),
        _ => ApiError.ForStatus(500),
    };

    /// <summary>Replaces the table's 422 for a field at fault by the status that the endpoint has for it.</summary>
    private static ApiError WithFieldStatus(ApiError error, InvalidFieldStatus? invalidField)
        => error.Status == 422 && invalidField is not null ? error with { Status = invalidField.Status } : error;

    private ExceptionMapping? FindMapping(Exception exception)
        => _mappings.Where(m => m.Type.IsInstanceOfType(exception)).OrderByDescending(m => Depth(m.Type)).FirstOrDefault();

    private static int Depth(Type type) => type.BaseType is { } parent ? Depth(parent) + 1 : 0;

    [LoggerMessage(Level = LogLevel.Error, Message = "Unhandled exception on {Path}")]
    private partial void LogUnexpected(string path, Exception exception);
}
