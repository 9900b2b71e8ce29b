using System.Buffers;
using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A native value and the pin of the managed memory it lies over.</summary>
internal sealed class ValueHandle : SafeHandle
{
    private MemoryHandle _pin;

    public ValueHandle(nint value, MemoryHandle pin = default)
        : base(value, true) => _pin = pin;

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseValue, handle);
        _pin.Dispose();
        return true;
    }
}
