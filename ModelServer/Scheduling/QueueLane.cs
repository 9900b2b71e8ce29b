namespace ModelServer.Scheduling;

/// <summary>Where waiting work stands: clients share out fairly, and within a client the more urgent goes first.</summary>
/// <param name="Client">The token's subject; empty for the server itself, which warms up and checks.</param>
internal readonly record struct QueueLane(string Client, RequestPriority Priority = RequestPriority.Interactive)
{
    public static readonly QueueLane Server = new("");
}

/// <summary>Interactive work goes before batch work, until that has waited long enough.</summary>
internal enum RequestPriority
{
    Interactive,
    Batch,
}
