using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.FillMask;

internal static class FillMaskExtensions
{
    public static void AddFillMask(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<FillMaskOptions, FillMaskOptionsValidator>(FillMaskOptions.SectionName);
        services.AddTask<FillMaskTask>();
        services.AddSingleton<MaskFiller>();
    }

    /// <summary>Maps <c>POST /v1/fill-mask</c>.</summary>
    public static void MapFillMask(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<FillMaskOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/fill-mask", FillMaskEndpoint.HandleAsync).WithBodyLimit(options.BodyBytes).Validate<FillMaskRequest>(r => r.Validate(options));
    }
}
