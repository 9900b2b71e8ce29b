using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace ModelServer.Tokenization;

internal static class TokenizationExtensions
{
    public static void AddTokenization(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<TokenizationOptions, TokenizationOptionsValidator>(TokenizationOptions.SectionName);
    }

    /// <summary>Maps <c>POST /v1/tokenize</c> and <c>POST /v1/detokenize</c>.</summary>
    public static void MapTokenization(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<TokenizationOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/tokenize", TokenizeEndpoint.Handle).WithBodyLimit(options.BodyBytes);
        group.MapPost("/detokenize", DetokenizeEndpoint.Handle).WithBodyLimit(options.BodyBytes);
    }
}
