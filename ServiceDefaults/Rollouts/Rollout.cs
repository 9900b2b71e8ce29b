using System.Text.Json.Serialization;

namespace ServiceDefaults.Rollouts;

/// <summary>What is to be so about one model on every model server: gateways alone change it, by comparing and swapping its revision; model servers obey.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Revision">Counts the changes, from 1; of two documents that differ the higher one is right.</param>
public sealed record Rollout(string Model, long Revision)
{
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The version that the bare name means; null where none was ready yet.</summary>
    public string? Active { get; init; }

    /// <summary>Whether an operator chose it; otherwise the highest version that is ready everywhere follows by itself.</summary>
    public bool IsChosen { get; init; }

    /// <summary>The version that was active before, where a rollback leads; it stays loaded so that this takes an instant.</summary>
    public string? Previous { get; init; }

    /// <summary>What is being tried beside the active version; one at a time.</summary>
    public Trial? Trial { get; init; }

    /// <summary>What is wanted of single versions. One that is not in here is loaded when a server finds it at its start, unless the active one was chosen.</summary>
    public VersionWish[] Wishes { get; init; } = [];

    /// <summary>What happened, newest first, at most <see cref="MaxEvents"/>.</summary>
    public RolloutEvent[] History { get; init; } = [];

    [JsonIgnore]
    public VersionWish? this[string version] => Array.Find(Wishes, w => w.Version == version);

    public const int MaxEvents = 20;

    /// <summary>Whether it is to be believed instead of another one: a later revision, or the other line of documents that began when the store had lost its own and that
    /// has come as far.</summary>
    public bool Replaces(Rollout? known) => known is null || Revision > known.Revision || (Revision == known.Revision && ChangedAt != known.ChangedAt);
}

/// <param name="Order">Numbers the request to load or unload it (a revision): a failure that a server reports under an older number is history.</param>
/// <param name="IsLoaded">Whether it is to be loaded.</param>
public sealed record VersionWish(string Version, long Order, bool IsLoaded);

/// <summary>A version under trial.</summary>
/// <param name="Id">The revision that began it. Counts of the version under trial begin anew with it.</param>
/// <param name="Baseline">The version it is compared with; null where none was active.</param>
/// <param name="Percent">How many of a hundred callers a canary answers.</param>
/// <param name="Since">When its stage began.</param>
/// <param name="Until">When its stage ends by itself: a probation, or the patience with a load. Null where an operator ends it.</param>
public sealed record Trial(long Id, string Version, TrialGoal Goal, TrialStage Stage, string? Baseline, double Percent, DateTimeOffset Since, DateTimeOffset? Until);

/// <summary>What a trial is for.</summary>
public enum TrialGoal
{
    /// <summary>To have the version loaded.</summary>
    Load,

    /// <summary>To make it the active one.</summary>
    Activate,

    /// <summary>To have it answer a part of the callers.</summary>
    Canary,

    /// <summary>To have it answer too, without its answers being returned.</summary>
    Shadow,
}

/// <summary>How far a trial is.</summary>
public enum TrialStage
{
    /// <summary>Servers load the version, one after the other.</summary>
    Loading,

    /// <summary>It answers beside the active version; nobody gets its answers.</summary>
    Shadow,

    /// <summary>It answers a part of the callers.</summary>
    Canary,

    /// <summary>It is the active one, and watched for a while.</summary>
    Probation,
}

/// <param name="By">The subject who asked for it; null where the platform did it by itself.</param>
/// <param name="Action"><c>load</c>, <c>activate</c>, <c>canary</c>, <c>shadow</c>, <c>rollback</c>, <c>unload</c>, <c>completed</c>, <c>failed</c> or <c>automatic_rollback</c>.</param>
public sealed record RolloutEvent(DateTimeOffset At, string? By, string Action, string? Version, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Rollout))]
public sealed partial class RolloutJson : JsonSerializerContext;
