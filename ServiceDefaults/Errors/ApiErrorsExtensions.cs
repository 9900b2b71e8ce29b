using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceDefaults;

/// <summary>One error shape for what endpoints decide, for exceptions, and for statuses without a body.</summary>
public static class ApiErrorsExtensions
{
    internal static void AddApiErrors(this WebApplicationBuilder builder)
    {
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
        app.UseStatusCodePages(page => new ApiErrorResult(ApiError.ForStatus(page.HttpContext.Response.StatusCode)).ExecuteAsync(page.HttpContext));
    }

    /// <summary>Adds a row to the table that turns exceptions into errors; the most derived matching type wins.</summary>
    public static IServiceCollection MapException<TException>(this IServiceCollection services, Func<TException, ApiError> toError)
        where TException : Exception
        => services.AddSingleton(new ExceptionMapping(typeof(TException), e => toError((TException)e)));
}
