using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.BodyLimits;
using ServiceDefaults.PlainRequests;

namespace ServiceDefaults.Errors;

/// <summary>Gives errors that endpoints decide, exceptions, and statuses without a body one shape.</summary>
public static class ApiErrorsExtensions
{
    internal static void AddApiErrors(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider => new ExceptionTable(
            provider.GetServices<ExceptionMapping>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ExceptionTable))));
        builder.Services.MapException<InvalidFieldException>(e => e.Error.ToApiError(StatusCodes.Status422UnprocessableEntity));
        builder.Services.MapException<RefusedBodyException>(e => new(e.Status, e.Message) { Code = e.Code });
        builder.Services.AddExceptionHandler<ApiExceptionHandler>();
        // Minimal APIs otherwise swallow binding failures outside development; the handler needs to see them all.
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
    }

    internal static void UseApiErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = context => new ApiErrorResult(ApiError.ForStatus(500)).ExecuteAsync(context),
            AllowStatusCode404Response = true,
        });
        app.UseStatusCodePages(page =>
        {
            var response = page.HttpContext.Response;
            if (response.StatusCode == StatusCodes.Status405MethodNotAllowed) response.Headers.AllowHead();
            return new ApiErrorResult(ApiError.ForStatus(response.StatusCode)).ExecuteAsync(page.HttpContext);
        });
    }

    /// <summary>Sets the status that is answered when the body is well-formed JSON but a field has the wrong type or an unknown name. Malformed JSON is always 400.</summary>
    /// <param name="status">422 on native routes; OpenAI-shaped ones leave the default, 400.</param>
    public static TBuilder WithInvalidFieldStatus<TBuilder>(this TBuilder builder, int status)
        where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new InvalidFieldStatus(status));

    /// <summary>Refuses a request whose body, the endpoint's first argument, has a wrong field before the endpoint sees it.</summary>
    /// <param name="validate">What is wrong, or null.</param>
    public static RouteHandlerBuilder Validate<TRequest>(this RouteHandlerBuilder builder, Func<TRequest, FieldError?> validate)
        => builder.AddEndpointFilter((context, next) => validate(context.GetArgument<TRequest>(0)) is { } error
            ? ValueTask.FromResult<object?>(new FieldErrorResult(error))
            : next(context));

    /// <summary>Adds a row to the table that turns exceptions into errors; the most derived matching type wins.</summary>
    public static IServiceCollection MapException<TException>(this IServiceCollection services, Func<TException, ApiError> toError)
        where TException : Exception
        => services.AddSingleton(new ExceptionMapping(typeof(TException), e => toError((TException)e)));
}
