namespace AppHost.Rollouts;

/// <summary>What the gateway's <c>/admin/models</c> tells of a model, as far as it is shown here.</summary>
internal sealed record ModelCard(string Id, string? Task, string? ActiveVersion, string? PreviousVersion, ModelTrial? Trial, CardVersion[] Versions, CardEvent[] History)
{
    public CardVersion? Find(string? version) => Array.Find(Versions, v => v.Version == version);
}

internal sealed record ModelCardList(ModelCard[] Data);

/// <param name="Goal">load, activate, canary or shadow.</param>
/// <param name="Stage">loading, shadow, canary or probation.</param>
internal sealed record ModelTrial(long Id, string Version, string Goal, string Stage, double? Percent, DateTimeOffset Since, DateTimeOffset? Until, TrialComparison? Comparison)
{
    public bool IsLoading => Stage == "loading";
}

internal sealed record TrialComparison(
    long Requests, long Errors, double ErrorRate, double BaselineErrorRate, double? LatencyMs, double? BaselineLatencyMs, ShadowComparison? Shadow);

internal sealed record ShadowComparison(long Compared, double? Agreement, double? MeanDistance);

internal sealed record CardVersion(string Version, string State, string? Role, double TrafficPercent, string? Reason, string? Task, long? MemoryBytes, CardReplica[] Replicas);

internal sealed record CardReplica(string Replica, string State, string? Reason, long? MemoryBytes, int Leases);

internal sealed record CardEvent(DateTimeOffset At, string? By, string Action, string? Version, string? Reason);
