using System.Runtime.InteropServices;

namespace ModelServer.Telemetry;

/// <summary>NVIDIA's management library, loaded quietly. Where it is absent, lacks a function or finds no driver, there are no devices. It stays loaded and
/// initialised as long as the process runs.</summary>
internal sealed unsafe class NvmlLibrary : INvml
{
    private const int Success = 0;
    private readonly nint[] _devices = [];
    private readonly delegate* unmanaged<nint, Memory*, int> _memory;
    private readonly delegate* unmanaged<nint, Utilization*, int> _utilization;

    /// <param name="name">The file that comes with the driver.</param>
    public NvmlLibrary(string name)
    {
        if (!NativeLibrary.TryLoad(name, out var library)
            || !NativeLibrary.TryGetExport(library, "nvmlInit_v2", out var initialize)
            || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetCount_v2", out var count)
            || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetHandleByIndex_v2", out var handle)
            || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetMemoryInfo", out var memory)
            || !NativeLibrary.TryGetExport(library, "nvmlDeviceGetUtilizationRates", out var utilization)) return;
        _memory = (delegate* unmanaged<nint, Memory*, int>)memory;
        _utilization = (delegate* unmanaged<nint, Utilization*, int>)utilization;

        uint devices;
        if (((delegate* unmanaged<int>)initialize)() != Success || ((delegate* unmanaged<uint*, int>)count)(&devices) != Success) return;
        _devices = new nint[devices];
        for (uint i = 0; i < devices; i++)
        {
            nint device;
            // One without a handle keeps its number, and says nothing.
            if (((delegate* unmanaged<uint, nint*, int>)handle)(i, &device) == Success) _devices[i] = device;
        }
    }

    /// <summary>The library of this system's driver.</summary>
    public static NvmlLibrary OfThisSystem() => new(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1");

    public int Devices => _devices.Length;

    public GpuMemoryReading? ReadMemory(int device)
    {
        Memory memory;
        return _devices[device] != 0 && _memory(_devices[device], &memory) == Success ? new((long)memory.Used, (long)memory.Total) : null;
    }

    public double? ReadUtilization(int device)
    {
        Utilization rates;
        return _devices[device] != 0 && _utilization(_devices[device], &rates) == Success ? rates.Gpu / 100.0 : null;
    }

    /// <summary>nvmlMemory_t: three 64-bit byte counts.</summary>
    private readonly struct Memory
    {
        public readonly ulong Total;
        public readonly ulong Free;
        public readonly ulong Used;
    }

    /// <summary>nvmlUtilization_t: two percentages, of the processor and of its memory's interface.</summary>
    private readonly struct Utilization
    {
        public readonly uint Gpu;
        public readonly uint MemoryInterface;
    }
}
