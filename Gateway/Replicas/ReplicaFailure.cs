namespace Gateway.Replicas;

/// <summary>A failure of a model server. One object, so that it is read whole without the lock under which it is written.</summary>
/// <param name="Kind"><c>connect</c>, <c>broken</c>, <c>timeout</c>, <c>error</c>, <c>probe</c> or <c>slow</c>.</param>
public sealed record ReplicaFailure(string Kind, DateTimeOffset At);
