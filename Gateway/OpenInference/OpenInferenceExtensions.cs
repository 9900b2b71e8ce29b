namespace Gateway.OpenInference;

internal static class OpenInferenceExtensions
{
    private const long BodyBytes = 64 * 1024;

    /// <summary>Maps those routes of the Open Inference Protocol that are about all model servers; what is about one model is forwarded.</summary>
    public static void MapOpenInference(this WebApplication app)
    {
        app.MapGet("/v2/health/live", HealthEndpoints.Live).AllowAnonymous().ExcludeFromDescription().DisableHttpMetrics();
        app.MapGet("/v2/health/ready", HealthEndpoints.Ready).AllowAnonymous().ExcludeFromDescription().DisableHttpMetrics();
        var repository = app.MapGroup("/v2/repository/models/{name}").RequireAuthorization(Scopes.Admin)
            .WithInvalidFieldStatus(StatusCodes.Status400BadRequest).WithBodyLimit(BodyBytes).ExcludeFromDescription();
        repository.MapPost("load", RepositoryEndpoints.LoadAsync);
        repository.MapPost("unload", RepositoryEndpoints.UnloadAsync);
    }
}
