using ModelServer.Admission;
using Testing;

namespace ModelServer.Tests.Admission;

public class AdmissionGateTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Enter_Full_RefusesTheWholeRequestAndReservesNothing()
    {
        var admission = new AdmissionGate(maxSequences: 4, maxTokens: 1000, _time);
        using var first = admission.Enter(3, 30);

        Assert.Throws<OverloadedException>(() => admission.Enter(2, 20));
        using var second = admission.Enter(1, 10);

        Assert.Equal(40, admission.PendingTokens);
    }

    [Fact]
    public void Enter_TooManyTokens_IsRefused()
    {
        var admission = new AdmissionGate(100, 1000, _time);
        using var first = admission.Enter(1, 900);

        Assert.Throws<OverloadedException>(() => admission.Enter(1, 101));
    }

    [Fact]
    public void Enter_LargerThanTheQueue_IsLetInWhenEmpty()
    {
        var admission = new AdmissionGate(4, 100, _time);

        using var permit = admission.Enter(10, 1000);

        Assert.Equal(1000, admission.PendingTokens);
    }

    [Fact]
    public void Correct_FewerTokens_MakesRoom()
    {
        var admission = new AdmissionGate(100, 100, _time);
        using var first = admission.Enter(1, 100);
        first.Correct(10);

        using var second = admission.Enter(1, 90);

        Assert.Equal(100, admission.PendingTokens);
    }

    [Fact]
    public void Correct_FewerSequences_MakesRoomAndIsGivenBackOnce()
    {
        var admission = new AdmissionGate(10, 1000, _time);
        var first = admission.Enter(10, 100);
        Assert.Throws<OverloadedException>(() => admission.Enter(1, 1));
        first.Correct(50, sequences: 2);

        using (admission.Enter(8, 1)) Assert.Throws<OverloadedException>(() => admission.Enter(1, 1));
        using var other = admission.Enter(1, 1);
        first.Dispose();

        using var last = admission.Enter(9, 1);
    }

    [Fact]
    public void Dispose_Twice_GivesBackOnce()
    {
        var admission = new AdmissionGate(100, 1000, _time);
        var permit = admission.Enter(1, 100);
        using var other = admission.Enter(1, 50);

        permit.Dispose();
        permit.Dispose();

        Assert.Equal(50, admission.PendingTokens);
    }

    [Fact]
    public void Enter_FullAfterAMeasuredRate_TellsHowLongTheQueueTakes()
    {
        var admission = new AdmissionGate(1, 1000, _time);
        Run(admission, tokens: 200, seconds: 2);

        Assert.Equal(5, RetryAfter(admission, pending: 500), 3);
    }

    /// <summary>The rate was measured over the time between texts too: 6 tokens a second of an engine that runs 1,200.</summary>
    [Fact]
    public void Enter_BurstAfterAFewTextsAMinute_IsToldTheEnginesRate()
    {
        var admission = new AdmissionGate(1, 100_000, _time);
        for (var i = 0; i < 120; i++)
        {
            Run(admission, tokens: 12, seconds: 0.01);
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(1, RetryAfter(admission, pending: 1000), 3);
        Assert.Equal(5, RetryAfter(admission, pending: 6000), 3);
    }

    [Fact]
    public void Complete_OverlappingRequests_CountTheirTimeOnce()
    {
        var admission = new AdmissionGate(10, 100_000, _time);
        var (first, second) = (admission.Enter(1, 100), admission.Enter(1, 100));
        first.Start();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        second.Start();
        _time.Advance(TimeSpan.FromSeconds(0.5));
        first.Complete(100);
        _time.Advance(TimeSpan.FromSeconds(1));
        second.Complete(100);

        // 100 tokens in the first second, 100 in the second.
        Assert.Equal(5, RetryAfter(admission, pending: 500, sequences: 10), 3);
    }

    /// <summary>Room that was given back by a refused, failed or abandoned request counted as if the engine had run it.</summary>
    [Fact]
    public void Dispose_WithoutARun_DrainsNothing()
    {
        var admission = new AdmissionGate(1, 100_000, _time);
        Run(admission, tokens: 200, seconds: 2);
        for (var i = 0; i < 10; i++)
        {
            using var refused = admission.Enter(1, 50_000);
            if (i % 2 == 0) refused.Start();
            _time.Advance(TimeSpan.FromSeconds(0.05));
        }

        Assert.Equal(5, RetryAfter(admission, pending: 500), 3);
    }

    /// <summary>What the cache answers takes time in which the engine has nothing to do.</summary>
    [Fact]
    public void Complete_NeverStarted_CountsNoTime()
    {
        var admission = new AdmissionGate(1, 100_000, _time);
        Run(admission, tokens: 100, seconds: 0.5);
        using (admission.Enter(1, 100)) _time.Advance(TimeSpan.FromSeconds(20));
        Run(admission, tokens: 100, seconds: 0.5);

        Assert.Equal(5, RetryAfter(admission, pending: 1000), 3);
    }

    private void Run(AdmissionGate admission, long tokens, double seconds)
    {
        var permit = admission.Enter(1, tokens);
        permit.Start();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        permit.Complete(tokens);
    }

    private static double RetryAfter(AdmissionGate admission, long pending, int sequences = 1)
    {
        using var permit = admission.Enter(sequences, pending);
        return Assert.Throws<OverloadedException>(() => admission.Enter(1, 1)).RetryAfter.TotalSeconds;
    }
}
