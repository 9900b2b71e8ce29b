namespace Microsoft.ML.OnnxRuntime;

/// <summary>A loaded model. Runs may overlap; disposing while runs are under way takes effect when the last of them ends.</summary>
public unsafe partial class InferenceSession : IDisposable
{
    private readonly NodeTable _inputs;
    private readonly NodeTable _outputs;
    private readonly NodeTable _initializers;
    private readonly RunOptions _defaultRunOptions = new();
    private ModelMetadata _modelMetadata;

    public InferenceSession(string modelPath)
        : this(modelPath, null, true)
    {
    }

    public InferenceSession(string modelPath, SessionOptions options)
        : this(modelPath, options, false)
    {
    }

    public InferenceSession(byte[] model)
        : this(model, null, true)
    {
    }

    public InferenceSession(byte[] model, SessionOptions options)
        : this(model, options, false)
    {
    }

    private InferenceSession(object model, SessionOptions options, bool defaults)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var own = defaults ? new SessionOptions() : null;
        Handle = Load(model, options ?? own);
        try
        {
            _inputs = new NodeTable(Handle, Entry.SessionGetInputCount, Entry.SessionGetInputName, Entry.SessionGetInputTypeInfo);
            _outputs = new NodeTable(Handle, Entry.SessionGetOutputCount, Entry.SessionGetOutputName, Entry.SessionGetOutputTypeInfo);
            _initializers = new NodeTable(Handle, Entry.SessionGetOverridableInitializerCount, Entry.SessionGetOverridableInitializerName, Entry.SessionGetOverridableInitializerTypeInfo);
        }
        catch
        {
            Handle.Dispose();
            throw;
        }
    }

    public IReadOnlyDictionary<string, NodeMetadata> InputMetadata => _inputs.Metadata;

    public IReadOnlyList<string> InputNames => _inputs.Names;

    public IReadOnlyDictionary<string, NodeMetadata> OutputMetadata => _outputs.Metadata;

    public IReadOnlyList<string> OutputNames => _outputs.Names;

    public IReadOnlyDictionary<string, NodeMetadata> OverridableInitializerMetadata => _initializers.Metadata;

    public ModelMetadata ModelMetadata
    {
        get
        {
            if (_modelMetadata is { } known) return known;
            using var self = new Lease(Handle);
            return _modelMetadata = new ModelMetadata(self.Pointer);
        }
    }

    public ulong ProfilingStartTimeNs
    {
        get
        {
            using var self = new Lease(Handle);
            return (ulong)NativeApi.Get(Entry.SessionGetProfilingStartTimeNs, self.Pointer);
        }
    }

    internal SessionHandle Handle { get; }

    /// <summary>Ends profiling and answers the path of the file that was written.</summary>
    public string EndProfiling()
    {
        using var self = new Lease(Handle);
        nint path;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint*, nint>)NativeApi.At(Entry.SessionEndProfiling))(self.Pointer, NativeApi.Create(Entry.GetAllocatorWithDefaultOptions), &path));
        return NativeApi.TakeText(path);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        Handle.Dispose();
        _defaultRunOptions.Dispose();
    }

    private static SessionHandle Load(object model, SessionOptions options)
    {
        using var settings = new Lease(options);
        var instance = OrtEnv.Instance();
        using var env = new Lease(instance);
        nint session;
        if (model is byte[] bytes)
        {
            fixed (byte* b = bytes) NativeApi.Check(((delegate* unmanaged<nint, byte*, nint, nint, nint*, nint>)NativeApi.At(Entry.CreateSessionFromArray))(env.Pointer, b, bytes.Length, settings.Pointer, &session));
        }
        else
        {
            fixed (byte* p = NativeApi.PathText((string)model)) NativeApi.Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint>)NativeApi.At(Entry.CreateSession))(env.Pointer, p, settings.Pointer, &session));
        }

        return new SessionHandle(session, instance);
    }
}
