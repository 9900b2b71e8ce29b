using System.Diagnostics.Metrics;

namespace ModelServer.Telemetry;

/// <summary>Memory and utilization of the GPUs as NVIDIA's management library reports them; nothing where that library is absent.</summary>
internal sealed class GpuMemory(INvml nvml)
{
    public GpuMemory()
        : this(NvmlLibrary.OfThisSystem())
    {
    }

    /// <summary>Bytes in use on all GPUs, or null without one.</summary>
    public long? TotalUsed => nvml.Devices == 0 ? null : Readings().Sum(r => r.Reading.Used);

    public IEnumerable<Measurement<long>> Measure() => Readings().Select(r => new Measurement<long>(r.Reading.Used, Label(r.Device)));

    public IEnumerable<Measurement<long>> MeasureLimit() => Readings().Select(r => new Measurement<long>(r.Reading.Total, Label(r.Device)));

    public IEnumerable<Measurement<double>> MeasureUtilization()
    {
        for (var device = 0; device < nvml.Devices; device++)
            if (nvml.ReadUtilization(device) is { } part) yield return new(part, Label(device));
    }

    private IEnumerable<(int Device, GpuMemoryReading Reading)> Readings()
    {
        for (var device = 0; device < nvml.Devices; device++)
            if (nvml.ReadMemory(device) is { } reading) yield return (device, reading);
    }

    private static KeyValuePair<string, object?> Label(int device) => new("gpu", device);
}
