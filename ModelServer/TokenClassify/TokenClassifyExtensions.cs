using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.TokenClassify;

internal static class TokenClassifyExtensions
{
    public static void AddTokenClassify(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<TokenClassifyOptions, TokenClassifyOptionsValidator>(TokenClassifyOptions.SectionName);
        services.AddTask<TokenClassificationTask>();
        services.AddSingleton<TokenClassifier>();
    }

    /// <summary>Maps <c>POST /v1/token-classify</c>.</summary>
    public static void MapTokenClassify(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<TokenClassifyOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/token-classify", TokenClassifyEndpoint.HandleAsync).WithBodyLimit(options.BodyBytes).Validate<TokenClassifyRequest>(r => r.Validate(options.MaxInputs));
    }
}
