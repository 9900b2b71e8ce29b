namespace ModelServer.Scheduling;

/// <summary>The lane in which work waits: clients get fair shares, and within a client the more urgent work goes first.</summary>
/// <param name="Client">The token's subject; empty for the server itself, which warms up and checks.</param>
internal readonly record struct QueueLane(string Client, RequestPriority Priority = RequestPriority.Interactive)
{
    public static readonly QueueLane Server = new("") { IsLone = true };

    /// <summary>Whether whoever sends the work has no other anywhere (<see cref="LoneRequest"/>). Nothing waits longer or shorter for it.</summary>
    public bool IsLone { get; init; }
}

/// <summary>Interactive work goes before batch work, until that has waited long enough.</summary>
internal enum RequestPriority
{
    Interactive,
    Batch,
}
