namespace Microsoft.ML.OnnxRuntime;

public unsafe partial class SessionOptions
{
    public static SessionOptions MakeSessionOptionWithCudaProvider(int deviceId = 0) => Make(o => o.AppendExecutionProvider_CUDA(deviceId));

    public static SessionOptions MakeSessionOptionWithCudaProvider(OrtCUDAProviderOptions cudaProviderOptions) => Make(o => o.AppendExecutionProvider_CUDA(cudaProviderOptions));

    public void AppendExecutionProvider_CPU(int useArena = 1) => AppendExported("OrtSessionOptionsAppendExecutionProvider_CPU", useArena);

    public void AppendExecutionProvider_CUDA(int deviceId = 0) => AppendExported("OrtSessionOptionsAppendExecutionProvider_CUDA", deviceId);

    public void AppendExecutionProvider_CUDA(OrtCUDAProviderOptions cudaProviderOptions)
    {
        using var self = new Lease(this);
        using var options = new Lease(cudaProviderOptions);
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint>)NativeApi.At(Entry.AppendCudaV2))(self.Pointer, options.Pointer));
    }

    /// <summary>Appends a provider by its name, such as <c>WebGPU</c>.</summary>
    public void AppendExecutionProvider(string providerName, Dictionary<string, string> providerOptions = null)
    {
        using var self = new Lease(this);
        using var pairs = new StringPairs(providerOptions);
        fixed (byte* name = NativeApi.Utf8(providerName))
        {
            NativeApi.Check(((delegate* unmanaged<nint, byte*, nint*, nint*, nint, nint>)NativeApi.At(Entry.AppendExecutionProvider))(self.Pointer, name, pairs.Keys, pairs.Values, pairs.Count));
        }
    }

    private static SessionOptions Make(Action<SessionOptions> append)
    {
        var options = new SessionOptions();
        try
        {
            append(options);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private void AppendExported(string function, int argument)
    {
        using var self = new Lease(this);
        NativeApi.Check(((delegate* unmanaged<nint, int, nint>)NativeApi.Export(function))(self.Pointer, argument));
    }
}
