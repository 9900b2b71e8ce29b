using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.AnswerQuestions;

internal static class AnswerQuestionsExtensions
{
    public static void AddAnswerQuestions(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<AnswerOptions, AnswerOptionsValidator>(AnswerOptions.SectionName);
        services.AddTask<QuestionAnsweringTask>();
        services.AddSingleton<QuestionAnswerer>();
    }

    /// <summary>Maps <c>POST /v1/question-answer</c>.</summary>
    public static void MapAnswerQuestions(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<AnswerOptions>>().Value;
        var group = routes.MapGroup("/v1").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);
        group.MapPost("/question-answer", QuestionAnswerEndpoint.HandleAsync).WithBodyLimit(options.BodyBytes).Validate<QuestionAnswerRequest>(r => r.Validate(options));
    }
}
