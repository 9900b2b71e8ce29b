using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Inference;

namespace ModelServer.Tests.Inference;

public class ExecutionDeviceTests
{
    private static readonly bool HasGpu = File.Exists("/dev/nvidia0");

    [Fact]
    public void Create_AutoWithoutAGpu_FallsBackToTheCpu()
    {
        if (HasGpu) return;
        Assert.Equal(DeviceKind.Cpu, Create(DeviceKind.Auto).Kind);
    }

    [Fact]
    public void Create_CudaWithoutAGpu_FailsAndSaysWhatIsNeeded()
    {
        if (HasGpu) return;
        var refused = Assert.Throws<DeviceException>(() => Create(DeviceKind.Cuda));

        Assert.Contains("NVIDIA driver", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_Cpu_IsTheCpu() => Assert.False(Create(DeviceKind.Cpu).IsGpu);

    private static ExecutionDevice Create(DeviceKind kind)
        => new(Options.Create(new InferenceOptions { Device = kind }), NullLogger<ExecutionDevice>.Instance);
}
