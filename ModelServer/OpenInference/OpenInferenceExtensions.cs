using Microsoft.Extensions.Options;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

internal static class OpenInferenceExtensions
{
    private const string Model = "/v2/models/{model}", Version = Model + "/versions/{version}";

    public static void AddOpenInference(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<OpenInferenceOptions, OpenInferenceOptionsValidator>(OpenInferenceOptions.SectionName);
        services.AddSingleton<TensorPipeline>();
        services.AddSingleton<TextPipeline>();
        services.AddSingleton<ITextTensors, ClassifiedTexts>();
        services.AddSingleton<ITextTensors, EmbeddedTexts>();
        services.AddSingleton<ITextTensors, RankedTexts>();
        services.MapException<TensorsRefusedException>(e => new(400, e.Message) { Param = "inputs", Code = "tensors_refused" });
    }

    /// <summary>Maps the routes of the Open Inference Protocol v2. Loading and unloading is told to the gateway, for all replicas at once.</summary>
    public static void MapOpenInference(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<OpenInferenceOptions>>().Value;
        routes.MapGet("/v2/health/live", ServerEndpoints.Live).AllowAnonymous();
        routes.MapGet("/v2/health/ready", ServerEndpoints.Ready).AllowAnonymous();

        var listings = routes.MapGroup("").RequireAuthorization(Scopes.ModelsRead).WithInvalidFieldStatus(StatusCodes.Status400BadRequest);
        listings.MapGet("/v2", ServerEndpoints.Describe);
        listings.MapPost("/v2/repository/index", ServerEndpoints.IndexAsync).WithBodyLimit(options.IndexBodyBytes);
        foreach (var path in (string[])[Model, Version])
        {
            listings.MapGet(path, ModelEndpoints.Describe);
            listings.MapGet(path + "/ready", ModelEndpoints.Ready);
            routes.MapPost(path + "/infer", InferEndpoint.HandleAsync).RequireAuthorization(Scopes.Infer)
                .WithInvalidFieldStatus(StatusCodes.Status400BadRequest).WithBodyLimit(options.BodyBytes);
        }
    }
}
