using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Tokenize;

internal static class TokenizeExtensions
{
    public static void AddTokenize(this WebApplicationBuilder builder)
    {
        builder.Services.AddTask<TokenizerTask>();
        builder.Services.AddValidatedOptions<TokenizeOptions, TokenizeOptionsValidator>(TokenizeOptions.SectionName);
    }

    /// <summary>Maps <c>POST /v1/tokenize</c> and <c>POST /v1/detokenize</c>.</summary>
    public static void MapTokenize(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<TokenizeOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/tokenize", TokenizeEndpoint.Handle).WithBodyLimit(options.BodyBytes).Validate<TokenizeRequest>(r => r.Validate(options.MaxCharacters));
        group.MapPost("/detokenize", DetokenizeEndpoint.Handle).WithBodyLimit(options.BodyBytes).Validate<DetokenizeRequest>(r => r.Validate(options.MaxIds));
    }
}
