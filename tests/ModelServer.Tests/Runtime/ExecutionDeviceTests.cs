using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Runtime;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Runtime;

public class ExecutionDeviceTests
{
    [NeedsFact(Need.NoGpu)]
    public void Create_AutoWithoutAGpu_FallsBackToTheCpu()
    {
        Assert.Equal(DeviceKind.Cpu, Create(DeviceKind.Auto).Kind);
    }

    [NeedsFact(Need.NoGpu)]
    public void Create_CudaWithoutAGpu_FailsAndSaysWhatIsNeeded()
    {
        var refused = Assert.Throws<DeviceException>(() => Create(DeviceKind.Cuda));

        Assert.Contains("CUDA 13 and cuDNN 9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("missing: ", refused.Message, StringComparison.Ordinal);
        Assert.All(CudaLibraries.Missing(), library => Assert.Contains(library, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void NoCuda_NothingMissing_DoesNotSayThatSomethingIs()
        => Assert.DoesNotContain("missing", ExecutionDevice.NoCuda([]), StringComparison.Ordinal);

    [NeedsFact(Need.NoGpu)]
    public async Task Server_CudaWithoutAGpu_EndsWithItsCodeAndTheEngineSaysNothing()
    {
        using var models = new TemporaryModels();
        models.CopySmall("tiny-multilabel", "tiny");
        await using var server = new ServerProcess(models.Path, new Dictionary<string, string> { ["Inference:Device"] = "cuda" });

        var code = await server.ExitAsync();
        Assert.Equal((3, ""), (code, server.StandardError));
    }

    [Fact]
    public void Options_OfThreadsThatSpin_AreNoneThatTheEngineWarnsOf()
    {
        using var decoder = Create(DeviceKind.Cpu).CreateDecoderOptions(2);
        using var lone = Create(DeviceKind.Cpu).CreateLoneOptions();

        Assert.DoesNotContain(EngineLog.Lines, line => line.Text.Contains("session.intra_op.allow_spinning", StringComparison.Ordinal));
    }

    [Fact]
    public void Create_Cpu_IsTheCpu() => Assert.False(Create(DeviceKind.Cpu).IsGpu);

    [Theory]
    [InlineData("LoneThreads=1", 1)]
    [InlineData("LoneThreads=6", 6)]
    [InlineData("LoneThreads=2 IntraOpThreads=4", 4)]
    public void LoneThreads_Settings_AreTaken(string settings, int expected)
    {
        var options = new InferenceOptions { Device = DeviceKind.Cpu };
        foreach (var setting in settings.Split(' ')) typeof(InferenceOptions).GetProperty(setting.Split('=')[0])!.SetValue(options, int.Parse(setting.Split('=')[1]));

        Assert.Equal(expected, new ExecutionDevice(Options.Create(options), NullLogger<ExecutionDevice>.Instance).LoneThreads);
    }

    [Fact]
    public void LoneThreads_OfAServerThatSharesTheMachine_AreThoseOfTheOthersToo()
    {
        var device = new ExecutionDevice(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu, Cores = 1 }), NullLogger<ExecutionDevice>.Instance);

        Assert.Equal((Environment.ProcessorCount > 1, Math.Min(8, Environment.ProcessorCount)), (device.IsShared, device.LoneThreads));
    }

    [Fact]
    public void LoneThreads_NothingSet_AreAllCoresUpToEight()
        => Assert.Equal((Math.Min(8, Environment.ProcessorCount), false), (Create(DeviceKind.Cpu).LoneThreads, Create(DeviceKind.Cpu).AreLoneThreadsSet));

    private static ExecutionDevice Create(DeviceKind kind)
        => new(Options.Create(new InferenceOptions { Device = kind }), NullLogger<ExecutionDevice>.Instance);
}
