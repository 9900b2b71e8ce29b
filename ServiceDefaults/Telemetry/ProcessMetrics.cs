using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ServiceDefaults.Telemetry;

/// <summary>Measures the process as the operating system sees it, native memory included, under the names of the OpenTelemetry conventions for processes.
/// What the runtime manages (heap, collections, thread pool) comes from its own meter, <c>System.Runtime</c>.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    public const string MeterName = "ServiceDefaults.Process";
    private static readonly KeyValuePair<string, object?> User = new("cpu.mode", "user");
    private static readonly KeyValuePair<string, object?> System = new("cpu.mode", "system");
    private readonly Process _process = Process.GetCurrentProcess();

    public ProcessMetrics(IMeterFactory meters, TimeProvider time)
    {
        // By a clock that only runs forward: the wall's is set, and local time jumps twice a year.
        var (age, read) = (time.GetUtcNow() - _process.StartTime.ToUniversalTime(), time.GetTimestamp());
        var meter = meters.Create(MeterName);
        meter.CreateObservableUpDownCounter("process.memory.usage", () => Read(p => p.WorkingSet64), "By", "The amount of physical memory in use.");
        meter.CreateObservableUpDownCounter("process.memory.virtual", () => Read(p => p.VirtualMemorySize64), "By", "The amount of committed virtual memory.");
        meter.CreateObservableCounter("process.cpu.time", ReadCpu, "s", "Processor seconds used, by mode.");
        meter.CreateObservableUpDownCounter("process.thread.count", () => Read(p => (long)p.Threads.Count), "{thread}", "Threads, native ones included.");
        meter.CreateObservableGauge("process.uptime", () => (age + time.GetElapsedTime(read)).TotalSeconds, "s", "Time since the process started.");
        if (OperatingSystem.IsLinux())
            meter.CreateObservableUpDownCounter("process.unix.file_descriptor.count", CountDescriptors, "{file_descriptor}", "File descriptors in use.");
    }

    public void Dispose() => _process.Dispose();

    private T Read<T>(Func<Process, T> value)
    {
        // One Process is shared by scrapes on any thread, and caches what it reads.
        lock (_process)
        {
            _process.Refresh();
            return value(_process);
        }
    }

    private IEnumerable<Measurement<double>> ReadCpu()
    {
        var (user, system) = Read(p => (p.UserProcessorTime, p.PrivilegedProcessorTime));
        return [new(user.TotalSeconds, User), new(system.TotalSeconds, System)];
    }

    private static long CountDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount();
}
