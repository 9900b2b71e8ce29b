using System.Security.Claims;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Administration;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c> in the shape of OpenAI's model list, with what we know added; and the administration of versions.</summary>
internal static class ModelsEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/models").RequireAuthorization(Scopes.ModelsRead);
        group.MapGet("", List);
        group.MapGet("{id}", Get);
        routes.MapModelAdmin();
    }

    private static ModelList List(ModelCatalog catalog, ClaimsPrincipal user)
        => new("list", ModelListing.Of(catalog, user));

    private static IResult Get(string id, ModelCatalog catalog, ClaimsPrincipal user)
    {
        var (name, version) = ModelNames.Split(id);
        if (!catalog.Versions.Any(v => v.Name == name && (version is null || v.Version == version) && v.IsVisibleTo(user)))
            return new ApiErrorResult(new(404, $"The model '{id}' does not exist.") { Param = "model", Code = "model_not_found" });
        return TypedResults.Ok(ModelListing.Describe(catalog, user, name));
    }
}
