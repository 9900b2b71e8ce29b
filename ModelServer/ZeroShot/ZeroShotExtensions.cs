using Microsoft.Extensions.Options;

namespace ModelServer.ZeroShot;

internal static class ZeroShotExtensions
{
    public static void AddZeroShot(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ZeroShotOptions, ZeroShotOptionsValidator>(ZeroShotOptions.SectionName);
        services.AddSingleton<ZeroShotClassifier>();
    }

    /// <summary>Maps <c>POST /v1/zero-shot-classify</c>.</summary>
    public static void MapZeroShot(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<ZeroShotOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/zero-shot-classify", ZeroShotClassifyEndpoint.HandleAsync).WithBodyLimit(options.BodyBytes).Validate<ZeroShotClassifyRequest>(r => r.Validate(options.MaxPairs));
    }
}
