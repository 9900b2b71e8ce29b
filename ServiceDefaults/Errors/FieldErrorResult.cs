using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Errors;

/// <summary>Writes a <see cref="FieldError"/> with the status that its route has for wrong fields.</summary>
public sealed class FieldErrorResult(FieldError error) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var status = httpContext.GetEndpoint()?.Metadata.GetMetadata<InvalidFieldStatus>()?.Status ?? StatusCodes.Status422UnprocessableEntity;
        return new ApiErrorResult(error.ToApiError(status)).ExecuteAsync(httpContext);
    }
}
