using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Embed;

internal static class EmbedExtensions
{
    public static void AddEmbed(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<EmbedOptions, EmbedOptionsValidator>(EmbedOptions.SectionName);
        services.AddTask<EmbeddingTask>();
        services.AddSingleton<Embedder>();
    }

    /// <summary>Maps <c>POST /v1/embeddings</c>, which answers 400 to invalid fields as OpenAI does.</summary>
    public static void MapEmbed(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<EmbedOptions>>().Value;
        routes.MapPost("/v1/embeddings", EmbeddingsEndpoint.HandleAsync)
            .RequireAuthorization(Scopes.Infer)
            .WithInvalidFieldStatus(StatusCodes.Status400BadRequest)
            .WithBodyLimit(options.BodyBytes)
            .Validate<EmbeddingsRequest>(r => r.Validate(options.MaxInputs));
    }
}
