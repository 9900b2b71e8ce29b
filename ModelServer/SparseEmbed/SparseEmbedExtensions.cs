using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.SparseEmbed;

internal static class SparseEmbedExtensions
{
    public static void AddSparseEmbed(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<SparseEmbedOptions, SparseEmbedOptionsValidator>(SparseEmbedOptions.SectionName);
        services.AddTask<SparseEmbeddingTask>();
        services.AddSingleton<SparseEmbedder>();
    }

    /// <summary>Maps <c>POST /v1/sparse-embeddings</c>.</summary>
    public static void MapSparseEmbed(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<SparseEmbedOptions>>().Value;
        routes.MapPost("/v1/sparse-embeddings", SparseEmbeddingsEndpoint.HandleAsync)
            .RequireAuthorization(Scopes.Infer)
            .WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity)
            .WithBodyLimit(options.BodyBytes)
            .Validate<SparseEmbeddingsRequest>(r => r.Validate(options.MaxInputs));
    }
}
