using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A native session, the native names of its inputs and outputs, and its hold on the environment.</summary>
internal sealed class SessionHandle : SafeHandle
{
    private readonly OrtEnv _env;
    private readonly List<nint> _names = [];

    public SessionHandle(nint session, OrtEnv env)
        : base(session, true)
    {
        var held = false;
        env.DangerousAddRef(ref held);
        _env = env;
    }

    public override bool IsInvalid => handle == 0;

    public nint KeepName(string name)
    {
        var utf8 = Marshal.StringToCoTaskMemUTF8(name);
        _names.Add(utf8);
        return utf8;
    }

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseSession, handle);
        foreach (var name in _names) Marshal.FreeCoTaskMem(name);
        _env.DangerousRelease();
        return true;
    }
}
