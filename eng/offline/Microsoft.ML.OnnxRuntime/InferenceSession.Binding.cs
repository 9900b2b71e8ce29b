namespace Microsoft.ML.OnnxRuntime;

public unsafe partial class InferenceSession
{
    public OrtIoBinding CreateIoBinding() => new(this);

    public void RunWithBinding(RunOptions runOptions, OrtIoBinding ioBinding)
    {
        using var session = new Lease(Handle);
        using var settings = new Lease(runOptions);
        using var binding = new Lease(ioBinding);
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint, nint>)NativeApi.At(Entry.RunWithBinding))(session.Pointer, settings.Pointer, binding.Pointer));
    }

    public IDisposableReadOnlyCollection<OrtValue> RunWithBoundResults(RunOptions runOptions, OrtIoBinding ioBinding)
    {
        RunWithBinding(runOptions, ioBinding);
        return ioBinding.GetOutputValues();
    }
}
