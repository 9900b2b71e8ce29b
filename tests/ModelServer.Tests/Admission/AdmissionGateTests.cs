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
        // 100 tokens a second.
        admission.Enter(1, 0).Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));
        admission.Enter(1, 200).Dispose();
        using var pending = admission.Enter(1, 500);

        var refused = Assert.Throws<OverloadedException>(() => admission.Enter(1, 1));

        Assert.Equal(5, refused.RetryAfter.TotalSeconds, 3);
    }
}
