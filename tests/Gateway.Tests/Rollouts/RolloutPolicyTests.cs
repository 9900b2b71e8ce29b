using Gateway.Tests.Hosting;

namespace Gateway.Tests.Rollouts;

public sealed class RolloutPolicyTests
{
    [Theory]
    [InlineData("Probation", "-00:00:01")]
    [InlineData("LoadPatience", "00:00:00")]
    [InlineData("MinRequests", "0")]
    [InlineData("MaxErrorRate", "1.5")]
    [InlineData("MinLatencyRequests", "0")]
    [InlineData("MaxLatencyRatio", "0.5")]
    [InlineData("MinAgreement", "2")]
    public async Task Setting_ThatIsOutOfRange_StopsTheGateway(string setting, string value)
    {
        await using var gateway = GatewayHost.Create("Production", ($"RolloutPolicy:{setting}", value));

        Assert.Contains(setting, gateway.StartRefused().Message, StringComparison.Ordinal);
    }
}
