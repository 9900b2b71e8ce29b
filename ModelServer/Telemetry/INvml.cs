namespace ModelServer.Telemetry;

/// <summary>The few questions asked of NVIDIA's management library. A device is numbered as the library numbers it.</summary>
internal interface INvml
{
    /// <summary>GPUs that this process can see; 0 where there is no driver.</summary>
    int Devices { get; }

    /// <returns>Null when the device does not say, as one that has fallen off the bus.</returns>
    GpuMemoryReading? ReadMemory(int device);

    /// <returns>The part of the last sampling period in which a kernel ran, from 0 to 1; null when the device does not say, as a part of a GPU does not.</returns>
    double? ReadUtilization(int device);
}

/// <summary>Bytes of one GPU.</summary>
internal readonly record struct GpuMemoryReading(long Used, long Total);
