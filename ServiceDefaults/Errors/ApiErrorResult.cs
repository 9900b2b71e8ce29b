using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using ServiceDefaults.Contracts;
using ServiceDefaults.Protocol;

namespace ServiceDefaults.Errors;

/// <summary>Writes an <see cref="ApiError"/> in the shape of its route (<see cref="ErrorShapes"/>), or of the form in which the request came where an address
/// has two: the endpoint says so by setting the shape among the request's features.</summary>
public sealed class ApiErrorResult(ApiError error) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => error.Status;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

        if (error.AskElsewhere) response.Headers[AnswerHeaders.AskElsewhere] = "1";
        var (json, left) = (ErrorJson.Readable, httpContext.RequestAborted);
        var shape = httpContext.Features.Get<RequestErrorShape>()?.Shape ?? ErrorShapes.Of(httpContext.Request.Path);
        return shape switch
        {
            ErrorShape.OpenAI => response.WriteAsJsonAsync(error.ToBody(), json.ApiErrorBody, contentType: null, left),
            ErrorShape.InferenceProtocol => response.WriteAsJsonAsync(new InferenceError(error.Message), json.InferenceError, contentType: null, left),
            ErrorShape.Cohere => response.WriteAsJsonAsync(new CohereError(error.Message, httpContext.RequestId()), json.CohereError, contentType: null, left),
            ErrorShape.HuggingFace => response.WriteAsJsonAsync(error.ToHuggingFace(httpContext.Request.Path), json.HuggingFaceError, contentType: null, left),
            _ => response.WriteAsJsonAsync(ToProblem(httpContext), json.Problem, "application/problem+json", left),
        };
    }

    private Problem ToProblem(HttpContext http)
        => new("about:blank", ReasonPhrases.GetReasonPhrase(error.Status), error.Status, error.Message, error.Param, error.Code, http.RequestId());
}

/// <summary>The shape that this request's errors have, whatever its address says.</summary>
public sealed record RequestErrorShape(ErrorShape Shape);
