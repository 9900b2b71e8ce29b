using Gateway.Tests.Hosting;
using Microsoft.Extensions.Options;

namespace Gateway.Tests.Proxy;

public sealed class ProxySettingsTests
{
    [Fact]
    public async Task Settings_ThatAreWrong_StopTheStartNamingEachOne()
    {
        await using var gateway = GatewayHost.Create("Production",
            ("Proxy:ConnectTimeout", "00:00:00"),
            ("Replicas:ProbeFailures", "0"),
            ("Limits:TextBytes", "5"));

        var refusal = gateway.StartRefused().ToString();

        Assert.Contains("ConnectTimeout", refusal, StringComparison.Ordinal);
        Assert.Contains("ProbeFailures", refusal, StringComparison.Ordinal);
        Assert.Contains("TextBytes", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("modelserver")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("")]
    public async Task Address_OfAReplicaThatIsNone_StopsTheStart(string address)
    {
        var refusal = await RefusalAsync();
        // What no validator says may be lost to the host's disposal, which races with it.
        for (var again = 0; refusal is ObjectDisposedException && again < 10; again++) refusal = await RefusalAsync();

        async Task<Exception> RefusalAsync()
        {
            await using var gateway = GatewayHost.Create("Production", ("services:modelserver-1:http:0", address));
            return gateway.StartRefused();
        }

        Assert.Contains("services:modelserver-1:http:0", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_WithoutTokenSettings_DoesNotStart()
    {
        await using var gateway = GatewayHost.Create("Production", ("Authentication:SigningKey", ""));

        Assert.IsType<OptionsValidationException>(gateway.StartRefused());
    }
}
