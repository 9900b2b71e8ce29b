namespace ModelServer.Requests;

/// <summary>Where an answer came from; of a request with several inputs the one that stands last here.</summary>
internal enum CacheOutcome
{
    /// <summary>Remembered.</summary>
    Hit,

    /// <summary>Computed for another request at the same time.</summary>
    Coalesced,

    /// <summary>Computed, since nothing was remembered.</summary>
    Miss,

    /// <summary>Computed without looking: the caller or the configuration said so.</summary>
    Bypass,
}

internal static class CacheOutcomes
{
    /// <summary>As <c>x-cache</c> and metrics spell it.</summary>
    public static string Name(this CacheOutcome outcome) => outcome switch
    {
        CacheOutcome.Hit => "hit",
        CacheOutcome.Coalesced => "coalesced",
        CacheOutcome.Miss => "miss",
        _ => "bypass",
    };
}
