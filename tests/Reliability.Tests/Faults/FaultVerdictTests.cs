using Reliability.Faults;
using Reliability.Load;

namespace Reliability.Tests.Faults;

public class FaultVerdictTests
{
    [Fact]
    public void Lost_WholeAnswers_AreNone() => Assert.Empty(FaultVerdict.Lost([], Answers(Outcome.Answered, 5)));

    [Theory]
    [InlineData(nameof(Outcome.ErrorEvent))]
    [InlineData(nameof(Outcome.Refused))]
    [InlineData(nameof(Outcome.Denied))]
    [InlineData(nameof(Outcome.TimedOut))]
    [InlineData(nameof(Outcome.Disconnected))]
    [InlineData(nameof(Outcome.Left))]
    [InlineData(nameof(Outcome.Broken))]
    public void Lost_WhatIsNotAllowed_IsCounted(string name)
    {
        var outcome = Enum.Parse<Outcome>(name);
        var lost = Assert.Single(FaultVerdict.Lost([], [.. Answers(Outcome.Answered, 5), .. Answers(outcome, 2)]));
        Assert.Equal((outcome, "/predict", 2, "why"), (lost.Outcome, lost.Route, lost.Count, lost.Detail));
    }

    [Fact]
    public void Lost_WhatIsAllowed_IsNone()
        => Assert.Empty(FaultVerdict.Lost([new(Outcome.ErrorEvent)], Answers(Outcome.ErrorEvent, 100)));

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Lost_MoreThanAllowed_IsLost(int count, bool isLost)
        => Assert.Equal(isLost, FaultVerdict.Lost([new(Outcome.Disconnected, Most: 3)], Answers(Outcome.Disconnected, count)).Count > 0);

    [Fact]
    public void Silent_RouteWithoutWholeAnswer_IsNamed()
        => Assert.Equal(["nothing was answered on /v1/embeddings"], FaultVerdict.Silent(["/predict", "/v1/embeddings"], [.. Answers(Outcome.Answered, 1), new(0, "/v1/embeddings", 1, Outcome.Refused, null)]));

    [Theory]
    [InlineData(200, false, nameof(Outcome.Answered))]
    [InlineData(503, true, nameof(Outcome.Refused))]
    [InlineData(503, false, nameof(Outcome.Broken))]
    [InlineData(429, true, nameof(Outcome.Refused))]
    [InlineData(429, false, nameof(Outcome.Broken))]
    [InlineData(504, false, nameof(Outcome.TimedOut))]
    [InlineData(401, false, nameof(Outcome.Denied))]
    [InlineData(403, false, nameof(Outcome.Denied))]
    [InlineData(0, false, nameof(Outcome.Disconnected))]
    [InlineData(500, true, nameof(Outcome.Broken))]
    [InlineData(502, false, nameof(Outcome.Broken))]
    [InlineData(404, false, nameof(Outcome.Broken))]
    public void Outcome_OfStatus(int status, bool hasRetryAfter, string outcome) => Assert.Equal(outcome, Outcomes.Of(status, hasRetryAfter).ToString());

    private static Answer[] Answers(Outcome outcome, int count) => [.. Enumerable.Repeat(new Answer(0, "/predict", 1, outcome, "why"), count)];
}
