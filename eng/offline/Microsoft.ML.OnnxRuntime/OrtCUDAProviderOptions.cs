using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>Settings of the CUDA provider, as pairs of strings.</summary>
public unsafe class OrtCUDAProviderOptions : SafeHandle
{
    public OrtCUDAProviderOptions()
        : base(0, true) => SetHandle(NativeApi.Create(Entry.CreateCudaProviderOptions));

    public override bool IsInvalid => handle == 0;

    public string GetOptions()
    {
        using var self = new Lease(this);
        nint text;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint*, nint>)NativeApi.At(Entry.GetCudaProviderOptionsAsString))(self.Pointer, NativeApi.Create(Entry.GetAllocatorWithDefaultOptions), &text));
        return NativeApi.TakeText(text);
    }

    public void UpdateOptions(Dictionary<string, string> providerOptions)
    {
        ArgumentNullException.ThrowIfNull(providerOptions);
        using var self = new Lease(this);
        using var pairs = new StringPairs(providerOptions);
        NativeApi.Check(((delegate* unmanaged<nint, nint*, nint*, nint, nint>)NativeApi.At(Entry.UpdateCudaProviderOptions))(self.Pointer, pairs.Keys, pairs.Values, pairs.Count));
    }

    protected override bool ReleaseHandle()
    {
        NativeApi.Release(Entry.ReleaseCudaProviderOptions, handle);
        return true;
    }
}
