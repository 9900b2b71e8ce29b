using ModelServer.Admission;
using ModelServer.Tensors;

namespace ModelServer.Models;

/// <summary>Names how a request failed, as metrics spell it.</summary>
internal static class RequestOutcome
{
    private const string Error = "error";

    /// <summary>Whether it failed in the model, through no fault of its caller and not for want of room.</summary>
    public static bool IsOurs(Exception reason) => Of(reason) == Error;

    public static string Of(Exception reason) => reason switch
    {
        OperationCanceledException => "cancelled",
        OverloadedException => "overloaded",
        ModelNotReadyException => "not_ready",
        ModelNotFoundException => "not_found",
        ModelChoiceException or InvalidFieldException or TensorsRefusedException => "invalid",
        _ => Error,
    };
}
