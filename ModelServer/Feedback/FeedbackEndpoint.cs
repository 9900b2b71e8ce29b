using System.Security.Claims;

namespace ModelServer.Feedback;

/// <summary><c>POST /v1/feedback</c>: says what a classification should have answered. The gateway asks every server; the one that answered knows.</summary>
internal static class FeedbackEndpoint
{
    public static IResult Handle(FeedbackRequest request, RecentPredictions predictions, FeedbackMetrics metrics, ClaimsPrincipal user)
    {
        var (client, index) = (user.Subject() ?? "", request.Index ?? 0);
        if (predictions.Find(client, request.RequestId, index) is not { } prediction || !user.MayUse(prediction.Watch.Reference)) return Unknown();
        if (index >= prediction.Count) return new FieldErrorResult(new("index", $"index must be below {prediction.Count}, the number of the request's inputs."));
        if (Given(request.Label.Names, prediction, out var given) is { } fault) return new FieldErrorResult(fault);
        if (predictions.Count(client, request.RequestId, index, given) is not { } isCorrect) return Unknown();

        metrics.Given(prediction.Watch.Reference, isCorrect);
        return TypedResults.Ok(new FeedbackResponse(request.RequestId, prediction.Watch.Model, prediction.Watch.Version, isCorrect));
    }

    private static FieldError? Given(string[] names, in Prediction prediction, out ulong given)
    {
        given = 0;
        var labels = prediction.Watch.Labels;
        if (!prediction.AllowsSeveral && names is not [_]) return new("label", "label must be one label: of this model only one can be right.");
        foreach (var name in names)
        {
            var label = Array.IndexOf(labels, name);
            if (label < 0) return new("label", $"label must be one of the model's: {string.Join(", ", labels.Take(20))}{(labels.Length > 20 ? ", …" : "")}.");
            given = prediction.AllowsSeveral ? given | 1UL << label : (ulong)label;
        }

        return null;
    }

    private static ApiErrorResult Unknown()
        => new(new(404, "No classification of yours with this request_id is remembered.") { Param = "request_id", Code = "request_not_found" });
}
