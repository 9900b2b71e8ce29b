using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Inference;
using Testing;

namespace ModelServer.Tests.Inference;

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

        Assert.Contains("NVIDIA driver", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_Cpu_IsTheCpu() => Assert.False(Create(DeviceKind.Cpu).IsGpu);

    private static ExecutionDevice Create(DeviceKind kind)
        => new(Options.Create(new InferenceOptions { Device = kind }), NullLogger<ExecutionDevice>.Instance);
}
