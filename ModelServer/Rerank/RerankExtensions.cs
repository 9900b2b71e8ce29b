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

    /// <summary>Maps <c>POST /v1/rerank</c> and Cohere's <c>POST /v2/rerank</c>.</summary>
    public static void MapRerank(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<RerankOptions>>().Value;
        var group = routes.MapGroup("").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity).WithBodyLimit(options.BodyBytes);
        group.MapPost("/v1/rerank", RerankEndpoint.HandleAsync).Validate<RerankRequest>(r => r.Validate(options.MaxDocuments));
        group.MapPost("/v2/rerank", CohereRerankEndpoint.HandleAsync).Validate<CohereRerankRequest>(r => r.Validate(options.MaxDocuments));
    }
}
