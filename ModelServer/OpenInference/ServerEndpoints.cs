using System.Security.Claims;
using ModelServer.Models;
using ServiceDefaults.JsonBodies;
using ServiceDefaults.Telemetry;

namespace ModelServer.OpenInference;

/// <summary>What the server says of itself and of all its models.</summary>
internal static class ServerEndpoints
{
    private static readonly InferenceServer Metadata = new("modelserver", PlatformVersion.Number, ["binary_tensor_data", "classification", "model_repository", "schedule_policy"]);

    public static InferenceServer Describe() => Metadata;

    public static InferenceLive Live() => new(true);

    public static IResult Ready(ModelCatalog catalog)
        => TypedResults.Json(new InferenceReady(catalog.IsReady), statusCode: catalog.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    public static async Task<RepositoryModel[]> IndexAsync(HttpContext http, ModelCatalog catalog, ClaimsPrincipal user)
    {
        var body = await LooseBody.ReadAsync(http.Request, http.RequestAborted);
        return RepositoryModel.Of(ModelListing.Of(catalog, user), body.Flag("ready"));
    }
}
