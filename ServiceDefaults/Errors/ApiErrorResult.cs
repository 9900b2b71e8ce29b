using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using ServiceDefaults.Contracts;
using ServiceDefaults.Protocol;

namespace ServiceDefaults.Errors;

/// <summary>Writes an <see cref="ApiError"/> in the shape of its route: <c>/v1</c> the OpenAI error object,
/// <c>/v2</c> the Open Inference Protocol's <c>{"error"}</c>, elsewhere RFC 9457 problem+json.</summary>
public sealed class ApiErrorResult(ApiError error) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => error.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        var json = ErrorJson.Readable;
        var path = httpContext.Request.Path;
        if (path.StartsWithSegments("/v1"))
            return response.WriteAsJsonAsync(error.ToBody(), json.ApiErrorBody, contentType: null, httpContext.RequestAborted);

        if (path.StartsWithSegments("/v2"))
            return response.WriteAsJsonAsync(new InferenceError(error.Message), json.InferenceError, contentType: null, httpContext.RequestAborted);

        var title = ReasonPhrases.GetReasonPhrase(error.Status);
        var problem = new Problem("about:blank", title, error.Status, error.Message, error.Param, error.Code, httpContext.RequestId());
        return response.WriteAsJsonAsync(problem, json.Problem, "application/problem+json", httpContext.RequestAborted);
    }
}
