using System.Text.Json;
using Gateway.Replicas;
using ServiceDefaults.Drift;

namespace Gateway.Feedback;

/// <summary>Serves <c>POST /v1/feedback</c>: the model server that answered remembers what, and only it; so all are asked.</summary>
internal static class FeedbackEndpoint
{
    private const int BodyBytes = 64 * 1024;

    public static void MapFeedback(this WebApplication app) => app.MapPost("/v1/feedback", HandleAsync)
        .RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(422).WithBodyLimit(BodyBytes).Validate<FeedbackRequest>(FeedbackFields.Fault).ExcludeFromDescription();

    private static async Task<IResult> HandleAsync(FeedbackRequest request, ReplicaQuestions replicas, HttpContext http)
    {
        var answers = await replicas.AskAllAsync(http, HttpMethod.Post, "/v1/feedback", JsonSerializer.SerializeToUtf8Bytes(request, DriftJson.Default.FeedbackRequest));
        return Array.Find(answers, a => a.IsSuccess)?.PassOn() ?? ReplicaAnswer.Refusal(answers);
    }
}
