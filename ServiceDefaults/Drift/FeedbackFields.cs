using ServiceDefaults.Contracts;
using ServiceDefaults.Errors;

namespace ServiceDefaults.Drift;

/// <summary>Checks feedback by itself; gateway and model server ask alike.</summary>
public static class FeedbackFields
{
    public static FieldError? Fault(FeedbackRequest request) => request switch
    {
        { RequestId: null } => FieldError.Required("request_id"),
        { RequestId.Length: 0 or > FeedbackRequest.MaxIdLength } => new("request_id", $"request_id must have 1 to {FeedbackRequest.MaxIdLength} characters."),
        { Label: null } => FieldError.Required("label"),
        { Index: < 0 } => new("index", "index must be at least 0."),
        _ => null,
    };
}
