namespace Gateway.Replicas;

/// <summary>A failure of a model server. Whole or not there: it is written under the pool's gate and read without.</summary>
/// <param name="Kind"><c>connect</c>, <c>broken</c>, <c>timeout</c>, <c>error</c>, <c>probe</c> or <c>slow</c>.</param>
public sealed record ReplicaFailure(string Kind, DateTimeOffset At);
