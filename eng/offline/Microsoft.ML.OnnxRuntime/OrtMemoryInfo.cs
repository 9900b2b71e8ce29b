using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Where a piece of memory lies: allocator name, device and kind.</summary>
public unsafe class OrtMemoryInfo : SafeHandle
{
    private static readonly Lazy<OrtMemoryInfo> Cpu = new(CreateCpu);
    private readonly bool _owned;

    public OrtMemoryInfo(byte[] utf8AllocatorName, OrtAllocatorType allocatorType, int deviceId, OrtMemType memoryType)
        : base(0, true)
    {
        nint info;
        fixed (byte* name = utf8AllocatorName)
        {
            NativeApi.Check(((delegate* unmanaged<byte*, int, int, int, nint*, nint>)NativeApi.At(Entry.CreateMemoryInfo))(name, (int)allocatorType, deviceId, (int)memoryType, &info));
        }

        SetHandle(info);
        _owned = true;
    }

    public OrtMemoryInfo(string allocatorName, OrtAllocatorType allocatorType, int deviceId, OrtMemType memoryType)
        : this(NativeApi.Utf8(allocatorName), allocatorType, deviceId, memoryType)
    {
    }

    internal OrtMemoryInfo(nint info, bool owned)
        : base(info, true) => _owned = owned;

    public static OrtMemoryInfo DefaultInstance => Cpu.Value;

    public override bool IsInvalid => handle == 0;

    public string Name
    {
        get
        {
            using var self = new Lease(this);
            return NativeApi.Text(NativeApi.Get(Entry.MemoryInfoGetName, self.Pointer));
        }
    }

    public int Id => GetInt(Entry.MemoryInfoGetId);

    public OrtMemType GetMemoryType() => (OrtMemType)GetInt(Entry.MemoryInfoGetMemType);

    public OrtAllocatorType GetAllocatorType() => (OrtAllocatorType)GetInt(Entry.MemoryInfoGetType);

    public bool Equals(OrtMemoryInfo other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null) return false;
        using var self = new Lease(this);
        using var that = new Lease(other);
        int difference;
        NativeApi.Check(((delegate* unmanaged<nint, nint, int*, nint>)NativeApi.At(Entry.CompareMemoryInfo))(self.Pointer, that.Pointer, &difference));
        return difference == 0;
    }

    public override bool Equals(object obj) => Equals(obj as OrtMemoryInfo);

    public override int GetHashCode() => HashCode.Combine(Name, Id, GetMemoryType());

    protected override bool ReleaseHandle()
    {
        if (_owned) NativeApi.Release(Entry.ReleaseMemoryInfo, handle);
        return true;
    }

    private static OrtMemoryInfo CreateCpu()
    {
        nint info;
        NativeApi.Check(((delegate* unmanaged<int, int, nint*, nint>)NativeApi.At(Entry.CreateCpuMemoryInfo))((int)OrtAllocatorType.DeviceAllocator, (int)OrtMemType.Cpu, &info));
        return new OrtMemoryInfo(info, true);
    }

    private int GetInt(int entry)
    {
        using var self = new Lease(this);
        return NativeApi.GetInt(entry, self.Pointer);
    }
}
