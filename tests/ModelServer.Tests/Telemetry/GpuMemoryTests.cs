using ModelServer.Telemetry;
using Testing;

namespace ModelServer.Tests.Telemetry;

public sealed class GpuMemoryTests
{
    [Theory]
    [InlineData("libnvidia-ml-that-is-not-there.so.1")]
    [InlineData("")]
    public void Library_ThatIsAbsent_HasNoDevices(string name)
    {
        if (name.Length == 0) name = OperatingSystem.IsWindows() ? "kernel32.dll" : OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6";

        // The second is a library, of somebody else.
        var gpu = new GpuMemory(new NvmlLibrary(name));

        Assert.Null(gpu.TotalUsed);
        Assert.Empty(gpu.Measure());
        Assert.Empty(gpu.MeasureLimit());
        Assert.Empty(gpu.MeasureUtilization());
    }

    [NeedsFact(Need.NoGpu)]
    public void Gpu_OfAMachineWithout_IsNotReported() => Assert.Null(new GpuMemory().TotalUsed);

    [Fact]
    public void Gpu_ThatDoesNotAnswer_LeavesTheOthersTheirNumbers()
    {
        var gpu = new GpuMemory(new FakeNvml([(100, 1000, 0.25), null, (300, 1000, null)]));

        Assert.Equal(400, gpu.TotalUsed);
        Assert.Equal([(0, 100L), (2, 300L)], gpu.Measure().Select(m => ((int)m.Tags[0].Value!, m.Value)));
        Assert.Equal([(0, 1000L), (2, 1000L)], gpu.MeasureLimit().Select(m => ((int)m.Tags[0].Value!, m.Value)));
        Assert.Equal([(0, 0.25)], gpu.MeasureUtilization().Select(m => ((int)m.Tags[0].Value!, m.Value)));
        Assert.Equal("gpu", gpu.Measure().First().Tags[0].Key);
    }

    private sealed class FakeNvml((long Used, long Total, double? Utilization)?[] devices) : INvml
    {
        public int Devices => devices.Length;

        public GpuMemoryReading? ReadMemory(int device) => devices[device] is { } d ? new(d.Used, d.Total) : null;

        public double? ReadUtilization(int device) => devices[device]?.Utilization;
    }
}
