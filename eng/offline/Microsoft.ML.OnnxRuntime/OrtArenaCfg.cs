using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Settings of an arena allocator; see the C API for the meaning of each value, -1 takes the default.</summary>
public unsafe class OrtArenaCfg : SafeHandle
{
    public OrtArenaCfg(uint maxMemory, int arenaExtendStrategy, int initialChunkSizeBytes, int maxDeadBytesPerChunk)
        : base(0, true)
    {
        nint config;
        NativeApi.Check(((delegate* unmanaged<nuint, int, int, int, nint*, nint>)NativeApi.At(Entry.CreateArenaCfg))(maxMemory, arenaExtendStrategy, initialChunkSizeBytes, maxDeadBytesPerChunk, &config));
        SetHandle(config);
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseArenaCfg, handle);
        return true;
    }
}
