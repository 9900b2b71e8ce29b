namespace Gateway.OpenInference;

internal static class OpenInferenceExtensions
{
    private const long BodyBytes = 64 * 1024;
    private static readonly string[] Others = [HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    /// <summary>Maps those routes of the Open Inference Protocol that are about all model servers; what is about one model is forwarded.</summary>
    public static void MapOpenInference(this WebApplication app)
    {
        var health = app.MapGroup("/v2/health").AllowAnonymous().ExcludeFromDescription().DisableHttpMetrics();
        health.MapGet("live", HealthEndpoints.Live);
        health.MapGet("ready", HealthEndpoints.Ready);
        // Else the route that forwards what is left would ask for a token first.
        health.MapMethods("live", Others, HealthEndpoints.Refuse);
        health.MapMethods("ready", Others, HealthEndpoints.Refuse);
        var repository = app.MapGroup("/v2/repository/models/{name}").RequireAuthorization(Scopes.Admin)
            .WithInvalidFieldStatus(StatusCodes.Status400BadRequest).WithBodyLimit(BodyBytes).ExcludeFromDescription();
        repository.MapPost("load", RepositoryEndpoints.LoadAsync);
        repository.MapPost("unload", RepositoryEndpoints.UnloadAsync);
    }
}
