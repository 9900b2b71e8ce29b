using System.Net;
using System.Net.Sockets;
using AppHost.Doctor;
using AppHost.Startup;
using Aspire.Hosting;

namespace AppHost.Tests.Doctor;

/// <summary>The doctor on this machine, with the model server's real program.</summary>
public class DoctorCommandTests
{
    private readonly StringWriter _output = new();

    [Fact]
    public void Run_ThisMachine_LooksAtEverything()
    {
        Run("--gateway-port", Free());

        var lines = _output.ToString();
        Assert.Matches(@"(?m)^ok    \.NET SDK ", lines);
        Assert.Matches(@"(?m)^ok    ONNX Runtime +1\.", lines);
        Assert.Matches(@"(?m)^ok    models +4 versions", lines);
        foreach (var name in new[] { "CUDA", "GPU", "Redis", "gateway port", "dashboard port", "memory", "cores", "disk", "clock", "user secrets", "open files", "file watches" })
            Assert.Matches($@"(?m)^(ok|warn|fail) +{name} ", lines);
    }

    [Fact]
    public void Run_PortInUse_IsOne()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        Assert.Equal(1, Run("--gateway-port", $"{((IPEndPoint)listener.LocalEndpoint).Port}"));
        Assert.Matches(@"(?m)^fail  gateway port .*Fix: ", _output.ToString());
    }

    [Fact]
    public void Run_ModelsFolderAbsent_IsOneAndTheRestIsLookedAt()
    {
        Assert.Equal(1, Run("--models", "/absent-models", "--gateway-port", Free()));
        Assert.Matches(@"(?m)^fail  models .*does not exist", _output.ToString());
        Assert.Contains("file watches", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ValueThatIsWrong_IsRefusedAsAtTheStart()
        => Assert.Throws<DistributedApplicationException>(() => Run("--replicas", "0"));

    [Theory]
    [InlineData("Ok", 0)]
    [InlineData("Warn", 0)]
    [InlineData("Fail", 1)]
    public void ExitCode_OfTheWorst(string level, int code) => Assert.Equal(code, DoctorCommand.ExitCode([DoctorResult.Ok("a", "b"), new("c", Enum.Parse<DoctorLevel>(level), "d", "e")]));

    [Fact]
    public void Parse_Doctor_IsWanted()
    {
        Assert.True(StartArguments.Parse(["--doctor", "--replicas", "3"]).WantsDoctor);
        Assert.False(StartArguments.Parse([]).WantsDoctor);
        Assert.Throws<DistributedApplicationException>(() => StartArguments.Parse(["--doctor=1"]));
        Assert.Contains("--doctor", StartArguments.ReadHelp(), StringComparison.Ordinal);
    }

    private static string Free() => $"{LoopbackPorts.Free()}";

    private int Run(params string[] args) => DoctorCommand.Run(StartArguments.Parse(args).Configuration, _output);
}
