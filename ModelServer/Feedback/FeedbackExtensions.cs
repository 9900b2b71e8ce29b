using ModelServer.Inference;
using ServiceDefaults.Drift;

namespace ModelServer.Feedback;

internal static class FeedbackExtensions
{
    public static void AddFeedback(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<FeedbackOptions, FeedbackOptionsValidator>(FeedbackOptions.SectionName);
        services.AddSingleton<FeedbackMetrics>();
        services.AddSingleton<RecentPredictions>();
        services.AddSingleton<IEncoderObserver>(provider => provider.GetRequiredService<RecentPredictions>());
    }

    public static void MapFeedback(this IEndpointRouteBuilder routes) => routes.MapPost("/v1/feedback", FeedbackEndpoint.Handle)
        .RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity).WithBodyLimit(64 * 1024).Validate<FeedbackRequest>(FeedbackFields.Fault);
}
