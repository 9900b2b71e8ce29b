namespace StackExchange.Redis;

/// <summary>What happens to commands while there is no connection.</summary>
public sealed class BacklogPolicy
{
    /// <summary>Refuse at once.</summary>
    public static BacklogPolicy FailFast { get; } = new() { QueueWhileDisconnected = false, AbortPendingOnConnectionFailure = true };

    /// <summary>Keep them until the connection is back or their timeout has passed.</summary>
    public static BacklogPolicy Default { get; } = new() { QueueWhileDisconnected = true, AbortPendingOnConnectionFailure = false };

    public bool QueueWhileDisconnected { get; init; }

    public bool AbortPendingOnConnectionFailure { get; init; }
}
