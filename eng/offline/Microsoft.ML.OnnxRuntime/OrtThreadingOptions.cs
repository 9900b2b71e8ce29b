using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>The process-wide thread pools, used by sessions with <see cref="SessionOptions.DisablePerSessionThreads"/>.</summary>
public class OrtThreadingOptions : SafeHandle
{
    public OrtThreadingOptions()
        : base(0, true) => SetHandle(NativeApi.Create(Entry.CreateThreadingOptions));

    public override bool IsInvalid => handle == 0;

    /// <summary>Threads across operators; 0 leaves the choice to the engine.</summary>
    public int GlobalInterOpNumThreads
    {
        set => Set(Entry.SetGlobalInterOpNumThreads, value);
    }

    /// <summary>Threads within an operator; 0 leaves the choice to the engine, 1 means the calling thread alone.</summary>
    public int GlobalIntraOpNumThreads
    {
        set => Set(Entry.SetGlobalIntraOpNumThreads, value);
    }

    public bool GlobalSpinControl
    {
        set => Set(Entry.SetGlobalSpinControl, value ? 1 : 0);
    }

    public void SetGlobalDenormalAsZero()
    {
        using var self = new Lease(this);
        NativeApi.Call(Entry.SetGlobalDenormalAsZero, self.Pointer);
    }

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseThreadingOptions, handle);
        return true;
    }

    private void Set(int entry, int value)
    {
        using var self = new Lease(this);
        NativeApi.Call(entry, self.Pointer, value);
    }
}
