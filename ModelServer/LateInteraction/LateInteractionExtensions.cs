using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.LateInteraction;

internal static class LateInteractionExtensions
{
    public static void AddLateInteraction(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<LateInteractionOptions, LateInteractionOptionsValidator>(LateInteractionOptions.SectionName);
        services.AddTask<LateInteractionTask>();
        services.AddSingleton<LateInteractionEncoder>();
    }

    /// <summary>Maps <c>POST /v1/multi-vector-embeddings</c>.</summary>
    public static void MapLateInteraction(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<LateInteractionOptions>>().Value;
        routes.MapPost("/v1/multi-vector-embeddings", MultiVectorEndpoint.HandleAsync)
            .RequireAuthorization(Scopes.Infer)
            .WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity)
            .WithBodyLimit(options.BodyBytes)
            .Validate<MultiVectorRequest>(r => r.Validate(options.MaxInputs));
    }
}
