using Microsoft.Extensions.Options;
using ModelServer.OpenAI;

namespace ModelServer.Responses;

internal static class ResponsesExtensions
{
    public static void AddResponses(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ResponsesOptions, ResponsesOptionsValidator>(ResponsesOptions.SectionName);
        services.MapException<StoreUnavailableException>(e => new(503, e.Message) { Code = "store_unavailable", RetryAfter = TimeSpan.FromSeconds(2) });
        services.AddSingleton<ResponseStore>();
        services.AddSingleton<ResponseContexts>();
    }

    /// <summary>Maps <c>/v1/responses</c>, which answers 400 to invalid fields as OpenAI does.</summary>
    public static void MapResponses(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<ResponsesOptions>>().Value;
        var bodyBytes = routes.ServiceProvider.GetRequiredService<IOptions<OpenAIOptions>>().Value.BodyBytes;
        var group = routes.MapGroup("/v1/responses").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status400BadRequest).WithBodyLimit(bodyBytes);
        group.MapPost("", ResponsesEndpoint.HandleAsync).Validate<ResponsesRequest>(r => r.Validate(options.MaxItems));
        group.MapGet("/{id}", StoredResponsesEndpoints.GetAsync);
        group.MapDelete("/{id}", StoredResponsesEndpoints.DeleteAsync);
        group.MapGet("/{id}/input_items", StoredResponsesEndpoints.ListAsync);
    }
}
