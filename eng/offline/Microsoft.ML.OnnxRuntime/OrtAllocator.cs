using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>An allocator of the engine: the process-wide one of the CPU, or one of a session and device.</summary>
public unsafe class OrtAllocator : SafeHandle
{
    private static readonly Lazy<OrtAllocator> Default = new(() => new OrtAllocator(NativeApi.Create(Entry.GetAllocatorWithDefaultOptions)));
    private readonly SessionHandle _session;

    public OrtAllocator(InferenceSession session, OrtMemoryInfo memInfo)
        : base(0, true)
    {
        ArgumentNullException.ThrowIfNull(session);
        using var use = new Lease(session.Handle);
        using var info = new Lease(memInfo);
        nint allocator;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint*, nint>)NativeApi.At(Entry.CreateAllocator))(use.Pointer, info.Pointer, &allocator));
        SetHandle(allocator);
        var held = false;
        session.Handle.DangerousAddRef(ref held);
        _session = session.Handle;
    }

    private OrtAllocator(nint allocator)
        : base(allocator, true)
    {
    }

    public static OrtAllocator DefaultInstance => Default.Value;

    public override bool IsInvalid => handle == 0;

    public OrtMemoryInfo Info
    {
        get
        {
            using var self = new Lease(this);
            return new OrtMemoryInfo(NativeApi.Get(Entry.AllocatorGetInfo, self.Pointer), false);
        }
    }

    public OrtMemoryAllocation Allocate(uint size)
    {
        using var self = new Lease(this);
        nint memory;
        NativeApi.Check(((delegate* unmanaged<nint, nuint, nint*, nint>)NativeApi.At(Entry.AllocatorAlloc))(self.Pointer, size, &memory));
        return new OrtMemoryAllocation(this, memory, size);
    }

    internal void FreeMemory(nint memory) => NativeApi.Check(((delegate* unmanaged<nint, nint, nint>)NativeApi.At(Entry.AllocatorFree))(handle, memory));

    protected override bool ReleaseHandle()
    {
        if (_session is null) return true;
        NativeApi.Release(Entry.ReleaseAllocator, handle);
        _session.DangerousRelease();
        return true;
    }
}
