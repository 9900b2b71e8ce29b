using ModelServer.Admission;

namespace ModelServer.Models;

/// <summary>Names how a request failed, as metrics spell it.</summary>
internal static class RequestOutcome
{
    public static string Of(Exception reason) => reason switch
    {
        OperationCanceledException => "cancelled",
        OverloadedException => "overloaded",
        ModelNotReadyException => "not_ready",
        ModelNotFoundException => "not_found",
        ModelChoiceException or InvalidFieldException => "invalid",
        _ => "error",
    };
}
