using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Keeps a handle from being released while native code uses it; disposing the owner meanwhile takes effect afterwards.</summary>
internal readonly ref struct Lease
{
    private readonly SafeHandle _handle;

    public Lease(SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        var held = false;
        handle.DangerousAddRef(ref held);
        _handle = handle;
    }

    public nint Pointer => _handle.DangerousGetHandle();

    public void Dispose() => _handle?.DangerousRelease();
}
