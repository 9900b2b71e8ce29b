namespace ServiceDefaults.Protocol;

/// <summary>One version on one model server, as it tells the gateway: what moves rollouts on.</summary>
/// <param name="State">As in <see cref="Contracts.ModelVersionDescription"/>.</param>
/// <param name="Reason">Why it does not serve.</param>
/// <param name="Order">The number of the wish (<c>VersionWish.Order</c>) that its state answers; 0 where nobody had asked for it.</param>
/// <param name="MemoryBytes">What it was promised, or would need; null where that is not known.</param>
/// <param name="Fits">Whether it could be loaded now; true of one that is.</param>
/// <param name="Leases">Requests that use it now.</param>
/// <param name="Counts">What it answered lately; null where it never did.</param>
public sealed record ReplicaVersion(
    string? Model, string? Version, string? State, string? Reason, string? Task, long Order, long? MemoryBytes, bool Fits, int Leases, VersionCounts? Counts);

/// <summary>What a version answered in the last minutes in which it answered anything; of a version under trial only since the trial began.</summary>
/// <param name="TrialId">The trial that they count, 0 outside of any.</param>
/// <param name="Errors">Those of the requests that failed in the version (500), not those that were wrong, refused or left.</param>
/// <param name="Latency">Requests by the time they took in the engine, waiting left out: bucket <c>i</c> counts those up to <see cref="BucketSeconds"/>.</param>
public sealed record VersionCounts(long TrialId, long Requests, long Errors, long[] Latency, ShadowCounts? Shadow)
{
    /// <summary>Buckets of one histogram; each is a fourth wider than the one before, from 0.1 ms.</summary>
    public const int Buckets = 64;

    private const double First = 1e-4, Growth = 1.25;

    /// <summary>The upper end of a bucket, in seconds; the last one takes everything above too.</summary>
    public static double BucketSeconds(int bucket) => First * Math.Pow(Growth, bucket);

    public static int BucketOf(TimeSpan took)
        => Math.Clamp((int)Math.Ceiling(Math.Log(Math.Max(took.TotalSeconds, First) / First) / Math.Log(Growth)), 0, Buckets - 1);
}

/// <summary>How a shadow's answers compare with those that were returned.</summary>
/// <param name="Agreed">Those that say the same: the same label, the same best document, an embedding in the same direction, the same text.</param>
/// <param name="Distance">The sum of the distances of the scores, each from 0 to 1.</param>
public sealed record ShadowCounts(long Compared, long Agreed, double Distance);
