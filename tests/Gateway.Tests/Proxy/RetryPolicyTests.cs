using Gateway.Proxy;
using Gateway.Replicas;

namespace Gateway.Tests.Proxy;

public sealed class RetryPolicyTests
{
    private static readonly RetrySituation Retriable = new(Load: 100, OtherLoads: [80, 60], CanReplay: true, IsWanted: true, IsAfterBreak: false);

    public static TheoryData<string, string, bool, string> Decisions => new()
    {
        { "retriable", FailureKind.Connect, true, nameof(RetryDecision.Yes) },
        { "retriable", FailureKind.Broken, true, nameof(RetryDecision.Yes) },
        { "retriable", FailureKind.Timeout, true, nameof(RetryDecision.Yes) },
        { "retriable", FailureKind.Error, true, nameof(RetryDecision.Yes) },
        { "retriable", FailureKind.Draining, true, nameof(RetryDecision.Yes) },
        { "retriable", FailureKind.Connect, false, nameof(RetryDecision.OverBudget) },
        { "nobody else", FailureKind.Connect, true, nameof(RetryDecision.No) },
        { "body gone", FailureKind.Connect, true, nameof(RetryDecision.No) },
        { "unwanted", FailureKind.Connect, true, nameof(RetryDecision.No) },
        { "after a break", FailureKind.Broken, true, nameof(RetryDecision.No) },
        { "after a break", FailureKind.Timeout, true, nameof(RetryDecision.Yes) },
        { "retriable", FailureKind.NotReady, true, nameof(RetryDecision.Yes) },
        { "retriable", FailureKind.NotReady, false, nameof(RetryDecision.OverBudget) },
        { "after one that was not ready", FailureKind.NotReady, true, nameof(RetryDecision.No) },
        { "retriable", FailureKind.Overloaded, true, nameof(RetryDecision.No) },
        { "one at half the load", FailureKind.Overloaded, true, nameof(RetryDecision.No) },
        { "one far freer", FailureKind.Overloaded, true, nameof(RetryDecision.Yes) },
        { "one far freer", FailureKind.Overloaded, false, nameof(RetryDecision.OverBudget) },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void Decide_OnAFailure_FollowsTheTableAndAsksTheBudgetLast(string situation, string kind, bool hasBudget, string expected)
    {
        var asked = 0;

        var decision = RetryPolicy.Decide(kind, Of(situation), () =>
        {
            asked++;
            return hasBudget;
        });

        Assert.Equal(expected, decision.ToString());
        Assert.Equal(decision == RetryDecision.No ? 0 : 1, asked);
    }

    [Theory]
    [InlineData(200, false, null)]
    [InlineData(404, false, null)]
    [InlineData(429, true, null)]
    [InlineData(500, false, FailureKind.Error)]
    [InlineData(502, false, FailureKind.Error)]
    [InlineData(503, false, FailureKind.Overloaded)]
    [InlineData(503, true, FailureKind.Draining)]
    [InlineData(504, false, null)]
    public void FailureOf_AStatus_IsAWordOrNone(int status, bool isDraining, string? expected) => Assert.Equal(expected, RetryPolicy.FailureOf(status, isDraining));

    private static RetrySituation Of(string name) => name switch
    {
        "nobody else" => Retriable with { OtherLoads = [] },
        "body gone" => Retriable with { CanReplay = false },
        "unwanted" => Retriable with { IsWanted = false },
        "after a break" => Retriable with { IsAfterBreak = true },
        "after one that was not ready" => Retriable with { IsAfterNotReady = true },
        "one at half the load" => Retriable with { OtherLoads = [80, 50] },
        "one far freer" => Retriable with { OtherLoads = [80, 49] },
        _ => Retriable,
    };
}
