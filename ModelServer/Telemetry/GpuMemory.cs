using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace ModelServer.Telemetry;

/// <summary>Memory of the GPUs as NVIDIA's management library reports it; nothing where that library is absent.</summary>
internal sealed unsafe class GpuMemory
{
    private const int Success = 0;
    private readonly nint[] _devices;
    private readonly delegate* unmanaged<nint, MemoryInfo*, int> _getMemory;

    public GpuMemory()
    {
        _devices = [];
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1", out var library)) return;
        var initialize = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "nvmlInit_v2");
        var count = (delegate* unmanaged<uint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetCount_v2");
        var handle = (delegate* unmanaged<uint, nint*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetHandleByIndex_v2");
        _getMemory = (delegate* unmanaged<nint, MemoryInfo*, int>)NativeLibrary.GetExport(library, "nvmlDeviceGetMemoryInfo");

        uint devices;
        if (initialize() != Success || count(&devices) != Success) return;
        var found = new List<nint>();
        for (uint i = 0; i < devices; i++)
        {
            nint device;
            if (handle(i, &device) == Success) found.Add(device);
        }

        _devices = [.. found];
    }

    /// <summary>Bytes in use on all GPUs, or null without one.</summary>
    public long? TotalUsed => _devices.Length == 0 ? null : Read().Sum(m => (long)m.Used);

    public IEnumerable<Measurement<long>> Measure()
        => Read().Select((memory, index) => new Measurement<long>((long)memory.Used, new KeyValuePair<string, object?>("gpu", index)));

    private List<MemoryInfo> Read()
    {
        var readings = new List<MemoryInfo>(_devices.Length);
        foreach (var device in _devices)
        {
            MemoryInfo memory;
            if (_getMemory(device, &memory) == Success) readings.Add(memory);
        }

        return readings;
    }

    /// <summary>nvmlMemory_t: three 64-bit byte counts.</summary>
    private readonly struct MemoryInfo
    {
        public readonly ulong Total;
        public readonly ulong Free;
        public readonly ulong Used;
    }
}
