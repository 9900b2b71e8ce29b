using ModelServer.Admission;
using ModelServer.Models;
using ModelServer.Runtime;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Models;

public class RequestOutcomeTests
{
    public static TheoryData<Exception, string> Outcomes => new()
    {
        { new TaskCanceledException(), "cancelled" },
        { new OverloadedException(TimeSpan.FromSeconds(1)), "overloaded" },
        { new ModelNotReadyException("loading"), "not_ready" },
        { new ModelNotFoundException("m"), "not_found" },
        { new ModelChoiceException("several"), "invalid" },
        { new InvalidFieldException("input", "is too long", "input_too_long"), "invalid" },
        { new InferenceFailedException(new InvalidOperationException()), "error" },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Of_EveryWayToFail_IsOneOfAFixedSet(Exception reason, string outcome) => Assert.Equal(outcome, RequestOutcome.Of(reason));
}
