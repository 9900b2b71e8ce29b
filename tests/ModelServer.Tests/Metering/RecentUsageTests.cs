using ModelServer.Metering;
using ServiceDefaults.Protocol;
using Testing;

namespace ModelServer.Tests.Metering;

public sealed class RecentUsageTests
{
    private static readonly ReportedUsage Usage = new("stories", 3, 4);
    private readonly ManualTimeProvider _time = new();
    private readonly RecentUsage _recent;

    public RecentUsageTests() => _recent = new(_time);

    [Fact]
    public async Task Find_AfterTheEnd_TellsWhatWasTaken()
    {
        _recent.Add("a-1", Usage);

        Assert.Equal(Usage, await FindAsync("a-1"));
    }

    [Fact]
    public async Task Find_BeforeTheEnd_WaitsForIt()
    {
        var asked = FindAsync("a-1");
        Assert.False(asked.IsCompleted);

        _recent.Add("a-1", Usage);

        Assert.Equal(Usage, await asked);
    }

    [Fact]
    public async Task Find_OfAnAttemptThatDoesNotEnd_GivesUp()
    {
        var asked = FindAsync("a-1");

        _time.Advance(UsageInquiry.Patience);

        Assert.Null(await asked);
    }

    [Fact]
    public async Task Add_BeyondCapacity_ForgetsTheOldest()
    {
        for (var i = 0; i <= RecentUsage.Capacity; i++) _recent.Add($"a-{i}", new(null, i, null));

        Assert.Equal(1, (await FindAsync("a-1"))?.PromptTokens);
        var oldest = FindAsync("a-0");
        _time.Advance(UsageInquiry.Patience);
        Assert.Null(await oldest);
    }

    private Task<ReportedUsage?> FindAsync(string attempt) => _recent.FindAsync(attempt, UsageInquiry.Patience, CancellationToken.None);
}
