using Microsoft.Extensions.Options;

namespace ModelServer.Generate;

internal static class GenerateExtensions
{
    public static void AddGenerate(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<GenerateOptions, GenerateOptionsValidator>(GenerateOptions.SectionName);
    }

    /// <summary>Maps <c>POST /v1/generate</c> and <c>POST /v1/batch-generate</c>.</summary>
    public static void MapGenerate(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<GenerateOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/generate", GenerateEndpoint.HandleAsync).WithBodyLimit(options.GenerateBodyBytes).Validate<GenerateRequest>(GenerateEndpoint.Validate);
        group.MapPost("/batch-generate", BatchGenerateEndpoint.HandleAsync).WithBodyLimit(options.BatchBodyBytes).Validate<BatchGenerateRequest>(r => r.Validate(options.MaxBatchRequests));
    }
}
