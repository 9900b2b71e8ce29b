using Gateway.Replicas;

namespace Gateway.Proxy;

/// <summary>What is known about a request when an attempt at it has failed.</summary>
/// <param name="Load">The load score of the model server that failed.</param>
/// <param name="OtherLoads">The load scores of those that are available and have not been asked yet.</param>
/// <param name="CanReplay">Whether the whole body can be sent again.</param>
/// <param name="IsWanted">Whether the client still waits and its deadline has not passed.</param>
/// <param name="IsAfterBreak">Whether an earlier attempt broke off.</param>
/// <param name="IsAfterNotReady">Whether another model server did not have the model ready either.</param>
internal readonly record struct RetrySituation(double Load, IReadOnlyList<double> OtherLoads, bool CanReplay, bool IsWanted, bool IsAfterBreak, bool IsAfterNotReady = false);

internal enum RetryDecision
{
    /// <summary>Another attempt would not help or is not possible.</summary>
    No,

    /// <summary>Another attempt is made; the budget has paid for it.</summary>
    Yes,

    /// <summary>Another attempt would help, but the budget is used up.</summary>
    OverBudget,
}

/// <summary>Decides whether a failed attempt is followed by another one.</summary>
internal static class RetryPolicy
{
    /// <param name="kind">One of <see cref="FailureKind"/>.</param>
    /// <param name="trySpend">Takes one retry from the budget; asked only when nothing else speaks against the retry.</param>
    public static RetryDecision Decide(string kind, in RetrySituation situation, Func<bool> trySpend)
    {
        if (!situation.IsWanted || !situation.CanReplay || situation.OtherLoads is []) return RetryDecision.No;
        // Where two broke off, the request itself may be why.
        if (kind == FailureKind.Broken && situation.IsAfterBreak) return RetryDecision.No;
        // Its state has just changed there; where two do not have it, it is being loaded.
        if (kind == FailureKind.NotReady && situation.IsAfterNotReady) return RetryDecision.No;
        // Where all are full, asking around only adds to it.
        if (kind == FailureKind.Overloaded && situation.OtherLoads.Min() * 2 >= situation.Load) return RetryDecision.No;
        return trySpend() ? RetryDecision.Yes : RetryDecision.OverBudget;
    }

    /// <summary>Reads the failure out of a status code.</summary>
    /// <param name="isDraining">Whether the model server reports that it is shutting down.</param>
    /// <param name="isNotReady">Whether it says that it is the only one, for all it knows, that cannot answer.</param>
    /// <returns>Null for an answer that is none.</returns>
    public static string? FailureOf(int status, bool isDraining, bool isNotReady = false) => status switch
    {
        500 or 502 => FailureKind.Error,
        503 => isDraining ? FailureKind.Draining : isNotReady ? FailureKind.NotReady : FailureKind.Overloaded,
        _ => null,
    };
}
