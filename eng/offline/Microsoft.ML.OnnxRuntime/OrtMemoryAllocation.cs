using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Memory taken from an allocator, given back when disposed; keeps its allocator alive.</summary>
public class OrtMemoryAllocation : SafeHandle
{
    private readonly OrtAllocator _allocator;

    internal OrtMemoryAllocation(OrtAllocator allocator, nint memory, uint size)
        : base(memory, true)
    {
        var held = false;
        allocator.DangerousAddRef(ref held);
        _allocator = allocator;
        Size = size;
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>In bytes.</summary>
    public uint Size { get; }

    public OrtMemoryInfo Info => _allocator.Info;

    internal nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        _allocator.FreeMemory(handle);
        _allocator.DangerousRelease();
        return true;
    }
}
