using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Inputs and outputs bound to a session once and run many times. What is bound stays alive until it is replaced or cleared.</summary>
public unsafe class OrtIoBinding : SafeHandle
{
    private readonly SessionHandle _session;
    private readonly Dictionary<string, SafeHandle> _inputs = [];
    private readonly Dictionary<string, SafeHandle> _outputs = [];

    internal OrtIoBinding(InferenceSession session)
        : base(0, true)
    {
        using var use = new Lease(session.Handle);
        SetHandle(NativeApi.Get(Entry.CreateIoBinding, use.Pointer));
        var held = false;
        session.Handle.DangerousAddRef(ref held);
        _session = session.Handle;
    }

    public override bool IsInvalid => handle == 0;

    public void BindInput(string name, OrtValue ortValue) => Bind(Entry.BindInput, _inputs, name, ortValue, ortValue.Handle);

    public void BindInput(string name, TensorElementType elementType, long[] shape, OrtMemoryAllocation allocation) => Bind(Entry.BindInput, _inputs, name, elementType, shape, allocation);

    public void BindOutput(string name, OrtValue ortValue) => Bind(Entry.BindOutput, _outputs, name, ortValue, ortValue.Handle);

    public void BindOutput(string name, TensorElementType elementType, long[] shape, OrtMemoryAllocation allocation) => Bind(Entry.BindOutput, _outputs, name, elementType, shape, allocation);

    /// <summary>Lets the engine allocate this output, at each run, in the memory described.</summary>
    public void BindOutputToDevice(string name, OrtMemoryInfo memInfo)
    {
        using var self = new Lease(this);
        using var info = new Lease(memInfo);
        fixed (byte* n = NativeApi.Utf8(name)) NativeApi.Check(((delegate* unmanaged<nint, byte*, nint, nint>)NativeApi.At(Entry.BindOutputToDevice))(self.Pointer, n, info.Pointer));
        if (_outputs.Remove(name, out var replaced)) replaced.DangerousRelease();
    }

    public void SynchronizeBoundInputs()
    {
        using var self = new Lease(this);
        NativeApi.Call(Entry.SynchronizeBoundInputs, self.Pointer);
    }

    public void SynchronizeBoundOutputs()
    {
        using var self = new Lease(this);
        NativeApi.Call(Entry.SynchronizeBoundOutputs, self.Pointer);
    }

    public string[] GetOutputNames()
    {
        using var self = new Lease(this);
        byte* text;
        nint* lengths;
        nint count;
        NativeApi.Check(((delegate* unmanaged<nint, nint, byte**, nint**, nint*, nint>)NativeApi.At(Entry.GetBoundOutputNames))(self.Pointer, NativeApi.Create(Entry.GetAllocatorWithDefaultOptions), &text, &lengths, &count));
        var names = new string[count];
        var at = text;
        for (var i = 0; i < names.Length; at += lengths[i++]) names[i] = Encoding.UTF8.GetString(at, (int)lengths[i]);
        if (count == 0) return names;
        NativeApi.Free((nint)text);
        NativeApi.Free((nint)lengths);
        return names;
    }

    /// <summary>The outputs of the last run, in the order they were bound; the caller disposes them.</summary>
    public IDisposableReadOnlyCollection<OrtValue> GetOutputValues()
    {
        using var self = new Lease(this);
        nint* found;
        nint count;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint**, nint*, nint>)NativeApi.At(Entry.GetBoundOutputValues))(self.Pointer, NativeApi.Create(Entry.GetAllocatorWithDefaultOptions), &found, &count));
        var values = new DisposableList<OrtValue>((int)count);
        for (nint i = 0; i < count; i++) values.Add(new OrtValue(found[i]));
        if (count > 0) NativeApi.Free((nint)found);
        return values;
    }

    public void ClearBoundInputs() => Clear(Entry.ClearBoundInputs, _inputs);

    public void ClearBoundOutputs() => Clear(Entry.ClearBoundOutputs, _outputs);

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseIoBinding, handle);
        ReleaseAll(_inputs);
        ReleaseAll(_outputs);
        _session.DangerousRelease();
        return true;
    }

    private static void ReleaseAll(Dictionary<string, SafeHandle> bound)
    {
        foreach (var (_, owner) in bound) owner.DangerousRelease();
        bound.Clear();
    }

    private void Bind(int entry, Dictionary<string, SafeHandle> bound, string name, TensorElementType elementType, long[] shape, OrtMemoryAllocation allocation)
    {
        using var memory = new Lease(allocation);
        using var value = OrtValue.CreateTensorValueWithData(allocation.Info, elementType, shape, memory.Pointer, allocation.Size);
        Bind(entry, bound, name, value, allocation);
    }

    private void Bind(int entry, Dictionary<string, SafeHandle> bound, string name, OrtValue value, SafeHandle owner)
    {
        using var self = new Lease(this);
        using var use = new Lease(value.Handle);
        fixed (byte* n = NativeApi.Utf8(name)) NativeApi.Check(((delegate* unmanaged<nint, byte*, nint, nint>)NativeApi.At(entry))(self.Pointer, n, use.Pointer));
        var held = false;
        owner.DangerousAddRef(ref held);
        if (bound.Remove(name, out var replaced)) replaced.DangerousRelease();
        bound[name] = owner;
    }

    private void Clear(int entry, Dictionary<string, SafeHandle> bound)
    {
        using var self = new Lease(this);
        NativeApi.Release(entry, self.Pointer);
        ReleaseAll(bound);
    }
}
