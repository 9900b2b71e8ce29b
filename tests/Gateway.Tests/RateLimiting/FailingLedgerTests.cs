using Gateway.RateLimiting;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.RateLimiting;

/// <summary>A ledger that throws instead of answering that it is away.</summary>
public class FailingLedgerTests
{
    [Fact]
    public async Task Ledger_ThatThrows_FailsTheRequestThatAskedAndHoldsUpNobody()
    {
        var ledger = new FailingLedger();
        var quota = new LeasedQuota("k", new(QuotaKind.Requests, 100, TimeSpan.FromMinutes(1)), ledger, new(Options.Create(new RateLimitingOptions())), new ManualTimeProvider());
        var asking = quota.TakeAsync(1).AsTask();
        var waiting = Enumerable.Range(0, 10).Select(_ => quota.TakeAsync(1).AsTask()).ToArray();
        Assert.All(waiting, w => Assert.False(w.IsCompleted));

        ledger.Answer.SetException(new InvalidCastException());

        await Assert.ThrowsAsync<InvalidCastException>(() => asking);
        // Each takes from the share that this gateway has alone, or draws and fails itself.
        Assert.All(await Task.WhenAll(waiting.Select(w => w.ContinueWith(t => t.IsFaulted || t.Result.IsAllowed, TaskScheduler.Default))), Assert.True);
        Assert.Contains(waiting, w => w.IsCompletedSuccessfully);
    }

    private sealed class FailingLedger : IQuotaLedger
    {
        public TaskCompletionSource<QuotaGrant?> Answer { get; } = new();

        public ValueTask<QuotaGrant?> DrawAsync(string key, QuotaRule rule, QuotaDraw draw) => new(Answer.Task);
    }
}
