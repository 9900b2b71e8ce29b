using Microsoft.Extensions.Options;

namespace ModelServer.OpenAI;

internal static class OpenAIExtensions
{
    public static void AddOpenAI(this WebApplicationBuilder builder)
        => builder.Services.AddValidatedOptions<OpenAIOptions, OpenAIOptionsValidator>(OpenAIOptions.SectionName);

    /// <summary>Maps <c>POST /v1/completions</c> and <c>POST /v1/chat/completions</c>, which answer 400 to invalid fields as OpenAI does.</summary>
    public static void MapOpenAI(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<OpenAIOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status400BadRequest).WithBodyLimit(options.BodyBytes);
        group.MapPost("/completions", CompletionsEndpoint.HandleAsync).Validate<CompletionsRequest>(r => r.Validate(options.MaxChoices));
        group.MapPost("/chat/completions", ChatCompletionsEndpoint.HandleAsync).Validate<ChatCompletionsRequest>(r => r.Validate(options.MaxMessages, options.MaxChoices));
    }
}
