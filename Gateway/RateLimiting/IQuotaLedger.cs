namespace Gateway.RateLimiting;

/// <summary>What all gateways have given out of each quota in its current window.</summary>
internal interface IQuotaLedger
{
    /// <returns>Null when it does not answer; the draw may have taken effect all the same.</returns>
    ValueTask<QuotaGrant?> DrawAsync(string key, QuotaRule rule, QuotaDraw draw);
}

/// <param name="Least">Units without which nothing is granted; 0 to grant nothing.</param>
/// <param name="Wanted">Units that would save further draws.</param>
/// <param name="SeenStart">The window that the gateway knows, 0 for one of its own. A ledger that lost its memory goes on with it.</param>
/// <param name="SeenUsed">What was used of that window when last heard.</param>
/// <param name="Credit">Units leased in that window and not spent.</param>
/// <param name="Debt">Units spent in that window without the ledger's knowledge.</param>
internal readonly record struct QuotaDraw(long Least, long Wanted, long SeenStart = 0, long SeenUsed = 0, long Credit = 0, long Debt = 0);

/// <param name="Granted">Units that the gateway may now spend until the window ends.</param>
/// <param name="Used">Units given out in the window, these included.</param>
/// <param name="Start">Which window it is.</param>
/// <param name="Left">Until it ends.</param>
internal readonly record struct QuotaGrant(long Granted, long Used, long Start, TimeSpan Left);
