using AppHost.Startup;

namespace AppHost.Tests.Startup;

public class StartArgumentsTests
{
    [Fact]
    public void Parse_ShortNames_BecomeConfigurationKeys()
    {
        var options = StartArguments.Parse(["--replicas", "3", "--gateway-port=9000", "--device", "cpu", "--no-dashboard", "--Logging:LogLevel:Default", "Debug"]);

        Assert.Equal(["--Platform:Replicas", "3", "--Platform:GatewayPort=9000", "--Platform:Device", "cpu", "--Logging:LogLevel:Default", "Debug"], options.Args!);
        Assert.True(options.DisableDashboard);
    }

    [Fact]
    public void Free_TakenPort_IsNotFree()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();

        Assert.False(LoopbackPorts.IsFree(((System.Net.IPEndPoint)listener.LocalEndpoint).Port));
    }
}
