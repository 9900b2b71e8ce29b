using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Classify;

internal static class ClassifyExtensions
{
    public static void AddClassify(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ClassifyOptions, ClassifyOptionsValidator>(ClassifyOptions.SectionName);
        services.AddTask<ClassificationTask>();
        services.AddSingleton<Classifier>();
    }

    /// <summary>Maps <c>POST /predict</c> and <c>POST /v1/classify</c>.</summary>
    public static void MapClassify(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<ClassifyOptions>>().Value;
        var group = routes.MapGroup("").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/predict", PredictEndpoint.HandleAsync).WithBodyLimit(options.PredictBodyBytes).Validate<PredictRequest>(PredictEndpoint.Validate);
        group.MapPost("/v1/classify", ClassifyEndpoint.HandleAsync).WithBodyLimit(options.ClassifyBodyBytes).Validate<ClassifyRequest>(r => r.Validate(options.MaxInputs));
    }
}
