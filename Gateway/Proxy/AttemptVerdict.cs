namespace Gateway.Proxy;

/// <summary>How far one attempt at one model server has come. Whoever leads it out of <see cref="Waiting"/> decides what follows.</summary>
internal enum AttemptPhase
{
    /// <summary>The head of the answer has not come yet.</summary>
    Waiting,

    /// <summary>The head of the answer has come in time.</summary>
    Answered,

    /// <summary>The model server was given up before it answered, and another one is asked.</summary>
    Overdue,

    /// <summary>The caller's deadline passed before the head of the answer had come.</summary>
    Late,

    /// <summary>The attempt has ended without an answer.</summary>
    Failed,
}

/// <summary>What follows an attempt.</summary>
/// <param name="Reason">Why the request is sent again, one of <see cref="Replicas.FailureKind"/>; null when the client gets what this attempt has brought.</param>
internal readonly record struct AttemptVerdict(string? Reason)
{
    public static readonly AttemptVerdict Final = default;

    public bool IsRetry => Reason is not null;
}
