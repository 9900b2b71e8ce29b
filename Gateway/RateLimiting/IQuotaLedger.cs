namespace Gateway.RateLimiting;

/// <summary>Records the units of each quota that all gateways have leased within its window.</summary>
internal interface IQuotaLedger
{
    /// <returns>Null when it does not answer; the draw may have taken effect all the same.</returns>
    ValueTask<QuotaGrant?> DrawAsync(string key, QuotaRule rule, QuotaDraw draw);
}

/// <param name="Least">Units without which nothing is granted; 0 to grant nothing.</param>
/// <param name="Wanted">Units that would save further draws.</param>
/// <param name="SeenSlice">When the gateway last heard of the ledger, 0 for never. A ledger that lost its memory goes on with it.</param>
/// <param name="SeenUsed">What was used then.</param>
/// <param name="Debt">Units spent without the ledger's knowledge.</param>
internal readonly record struct QuotaDraw(long Least, long Wanted, long SeenSlice = 0, long SeenUsed = 0, long Debt = 0)
{
    /// <summary>Units leased and not spent, by the slice they were leased in.</summary>
    public IReadOnlyList<KeyValuePair<long, long>> Credits { get; init; } = [];
}

/// <param name="Granted">Units that the gateway may spend within one slice of time from now.</param>
/// <param name="Used">Units given out within the window, these included.</param>
/// <param name="Slice">The slice of time they are charged to.</param>
/// <param name="FreeIn">Until what was refused would be granted, if nobody else asks.</param>
/// <param name="ResetIn">Until nothing is used any more.</param>
internal readonly record struct QuotaGrant(long Granted, long Used, long Slice, TimeSpan FreeIn, TimeSpan ResetIn);
