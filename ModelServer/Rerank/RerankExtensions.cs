using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Rerank;

internal static class RerankExtensions
{
    public static void AddRerank(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<RerankOptions, RerankOptionsValidator>(RerankOptions.SectionName);
        services.AddTask<RerankTask>();
        services.AddSingleton<Reranker>();
    }

    /// <summary>Maps <c>POST /v1/rerank</c>.</summary>
    public static void MapRerank(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<RerankOptions>>().Value;
        routes.MapPost("/v1/rerank", RerankEndpoint.HandleAsync)
            .RequireAuthorization(Scopes.Infer)
            .WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity)
            .WithBodyLimit(options.BodyBytes)
            .Validate<RerankRequest>(r => r.Validate(options.MaxDocuments));
    }
}
