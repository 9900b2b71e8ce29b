using ModelServer.Models;
using ServiceDefaults.Protocol;
using Testing;

namespace ModelServer.Tests.Models;

public class VersionCounterTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly ManualTimeProvider _time = new();
    private readonly VersionCounter _counter = new();

    [Fact]
    public void Read_NothingAnswered_IsNull() => Assert.Null(_counter.Read());

    [Fact]
    public void Read_AnswersAndFailures_CountsThemWithTheirTimes()
    {
        Answer(TimeSpan.FromMilliseconds(2));
        Answer(TimeSpan.FromMilliseconds(2));
        Answer(null);
        _counter.Failed(_time.GetUtcNow());

        var counts = _counter.Read()!;

        Assert.Equal((0L, 4L, 1L), (counts.TrialId, counts.Requests, counts.Errors));
        Assert.Null(counts.Shadow);
        Assert.Equal(2, counts.Latency.Sum());
        var bucket = Array.IndexOf(counts.Latency, 2);
        Assert.InRange(VersionCounts.BucketSeconds(bucket), 0.002, 0.002 * 1.25);
    }

    [Fact]
    public void Read_MinuteByMinute_KeepsTheLastFive()
    {
        for (var i = 0; i < 7; i++)
        {
            for (var n = 0; n <= i; n++) Answer(Minute);
            _time.Advance(Minute);
        }

        Assert.Equal(3 + 4 + 5 + 6 + 7, _counter.Read()!.Requests);
    }

    /// <summary>What was active before a switch is what the next version is compared with.</summary>
    [Fact]
    public void Read_NoTrafficForHours_KeepsTheMinutesThatHadSome()
    {
        Answer(Minute);
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(1, _counter.Read()!.Requests);

        Answer(Minute);
        Assert.Equal(2, _counter.Read()!.Requests);
    }

    [Fact]
    public void Follow_Trial_BeginsAnewOnceAndKeepsItsCountsAfterIt()
    {
        Answer(Minute);
        _counter.Follow(7);
        Assert.Equal((7L, 0L), (_counter.Read()!.TrialId, _counter.Read()!.Requests));

        Answer(Minute);
        _counter.Compared(_time.GetUtcNow(), agreed: true, 0.25);
        _counter.Compared(_time.GetUtcNow(), agreed: false, 0.5);
        _counter.Follow(7);
        Assert.Equal((7L, 1L), (_counter.Read()!.TrialId, _counter.Read()!.Requests));
        Assert.Equal(new ShadowCounts(2, 1, 0.75), _counter.Read()!.Shadow);

        _counter.Follow(0);
        Assert.Equal((0L, 1L), (_counter.Read()!.TrialId, _counter.Read()!.Requests));
        _counter.Follow(8);
        Assert.Equal((8L, 0L), (_counter.Read()!.TrialId, _counter.Read()!.Requests));
    }

    [Fact]
    public async Task Answered_ByManyThreads_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) Answer(TimeSpan.FromMilliseconds(1));
        })));

        Assert.Equal((80_000L, 80_000L), (_counter.Read()!.Requests, _counter.Read()!.Latency.Sum()));
    }

    private void Answer(TimeSpan? took) => _counter.Answered(_time.GetUtcNow(), took);
}
