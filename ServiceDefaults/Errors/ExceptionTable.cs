using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServiceDefaults.JsonBodies;

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

    /// <summary>Finds what the caller is told. An exception without a row in the table is logged, unless it names its status itself, as one for a deadline does.</summary>
    public ApiError ToError(Exception exception, HttpContext http)
    {
        var mapping = FindMapping(exception);
        var error = ToError(exception, mapping, http);
        if (error.Status >= 500 && mapping is null && exception is not BadHttpRequestException) LogUnexpected(http.Request.Path, exception);
        return error;
    }

    /// <summary>Finds what the caller is told of a part of the body that was read by itself.</summary>
    /// <param name="type">What it was to be read as.</param>
    public static ApiError ToError(JsonException exception, HttpContext http, JsonElement part, Type type)
        => InvalidJson.ToError(JsonMarshal.GetRawUtf8Value(part), TypeInfo(type, http), exception, FieldStatus(http) ?? 400);

    private static ApiError ToError(Exception exception, ExceptionMapping? mapping, HttpContext http) => exception switch
    {
        _ when mapping is not null => WithFieldStatus(mapping.ToError(exception), FieldStatus(http)),
        BadHttpRequestException { StatusCode: 400 } when http.Features.Get<JsonBody>() is { IsEmpty: true } => InvalidJson.Empty,
        BadHttpRequestException { InnerException: JsonException json } when http.Features.Get<JsonBody>() is { } body
            => InvalidJson.ToError(body.Kept, TypeInfo(body.Type, http), json, FieldStatus(http) ?? 400),
        BadHttpRequestException { StatusCode: 400, InnerException: null } when http.Features.Get<JsonBody>() is { IsNull: true } => InvalidJson.Null,
        BadHttpRequestException bad => ApiError.ForStatus(bad.StatusCode),
        _ => ApiError.ForStatus(500),
    };

    private static JsonTypeInfo TypeInfo(Type type, HttpContext http) => http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions.GetTypeInfo(type);

    // The exception middleware has cleared the request's endpoint and kept it in the feature.
    private static int? FieldStatus(HttpContext http)
        => (http.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? http.GetEndpoint())?.Metadata.GetMetadata<InvalidFieldStatus>()?.Status;

    /// <summary>Replaces the table's 422 for a field at fault by the status that the endpoint has for it.</summary>
    private static ApiError WithFieldStatus(ApiError error, int? fieldStatus)
        => error.Status == 422 && fieldStatus is { } status ? error with { Status = status } : error;

    private ExceptionMapping? FindMapping(Exception exception)
        => _mappings.Where(m => m.Type.IsInstanceOfType(exception)).OrderByDescending(m => Depth(m.Type)).FirstOrDefault();

    private static int Depth(Type type) => type.BaseType is { } parent ? Depth(parent) + 1 : 0;

    [LoggerMessage(EventId = 3100, Level = LogLevel.Error, Message = "Unhandled exception on {Path}")]
    private partial void LogUnexpected(string path, Exception exception);
}
