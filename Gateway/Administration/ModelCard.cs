using System.ComponentModel;

namespace Gateway.Administration;

/// <summary>The answer of <c>GET /admin/models</c>.</summary>
internal sealed record ModelCardList(ModelCard[] Data);

/// <summary>A model as its administrators see it: what is wanted of it, and what it is on the model servers that are reached.</summary>
internal sealed record ModelCard(
    string Id,
    [property: Description("What it does, such as text-classification; null while no version has been loaded.")] string? Task,
    [property: Description("Counts the changes; 0 before the first one.")] long Revision,
    DateTimeOffset? ChangedAt,
    [property: Description("The version that answers requests for the bare name; null where none is.")] string? ActiveVersion,
    [property: Description("The version where a rollback leads; null where there is none.")] string? PreviousVersion,
    [property: Description("Whether somebody chose the active version; otherwise the highest one that is ready everywhere becomes active by itself.")] bool IsChosen,
    [property: Description("What is being loaded, tried or watched; null for nothing.")] ModelTrial? Trial,
    [property: Description("Highest first.")] ModelCardVersion[] Versions,
    [property: Description("What happened, newest first, at most 20.")] ModelEvent[] History);

internal sealed record ModelTrial(
    long Id,
    string Version,
    [property: Description("load, activate, canary or shadow.")] string Goal,
    [property: Description("loading, shadow, canary, or probation: active, and watched for a while.")] string Stage,
    [property: Description("How many of a hundred callers a canary answers; null for others.")] double? Percent,
    [property: Description("When its stage began.")] DateTimeOffset Since,
    [property: Description("When its stage ends by itself; null where an administrator ends it.")] DateTimeOffset? Until,
    [property: Description("How it does beside the version that it is compared with; null while it is being loaded.")] ModelComparison? Comparison);

internal sealed record ModelComparison(
    [property: Description("Requests that the version answered since the trial began, on all model servers.")] long Requests,
    [property: Description("Those of them that failed in the version.")] long Errors,
    double ErrorRate,
    double BaselineErrorRate,
    [property: Description("The median of the engine's times in milliseconds; null while nothing was measured.")] double? LatencyMs,
    double? BaselineLatencyMs,
    [property: Description("How its answers compare with those that were returned; null where it is no shadow.")] ModelShadow? Shadow);

internal sealed record ModelShadow(
    long Compared,
    [property: Description("The part of them that say the same, from 0 to 1; null while none was compared.")] double? Agreement,
    [property: Description("The mean distance of the scores, from 0 to 1; null while none was compared.")] double? MeanDistance);

internal sealed record ModelCardVersion(
    string Version,
    [property: Description("loading, ready, deprecated, unloaded or error: the best that it is on any model server.")] string State,
    [property: Description("active, previous, canary, shadow, or candidate: being loaded for a trial; null for none of them.")] string? Role,
    [property: Description("The part of the callers that it answers by the model's bare name, in percent.")] double TrafficPercent,
    [property: Description("Why it does not serve.")] string? Reason,
    string? Task,
    [property: Description("The most memory in bytes that a model server holds for it, or would need; null where that is not known.")] long? MemoryBytes,
    [property: Description("What it is on each model server that is reached.")] ModelCardReplica[] Replicas);

internal sealed record ModelCardReplica(
    string Replica,
    string State,
    string? Reason,
    long? MemoryBytes,
    [property: Description("Requests that use it now.")] int Leases);

internal sealed record ModelEvent(
    DateTimeOffset At,
    [property: Description("The subject who asked for it; null where the platform did it by itself.")] string? By,
    [property: Description("load, activate, canary, shadow, rollback, unload, completed, failed or automatic_rollback.")] string Action,
    string? Version,
    string? Reason);
