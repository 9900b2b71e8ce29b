namespace Microsoft.ML.OnnxRuntime;

/// <summary>The inputs, outputs or overridable initializers of a session, with their names as the engine wants them.</summary>
internal sealed unsafe class NodeTable
{
    private readonly Dictionary<string, nint> _utf8Names = [];

    public NodeTable(SessionHandle session, int countEntry, int nameEntry, int typeEntry)
    {
        var pointer = session.DangerousGetHandle();
        var count = NativeApi.Get(countEntry, pointer);
        for (nint i = 0; i < count; i++)
        {
            nint text, type;
            NativeApi.Check(((delegate* unmanaged<nint, nint, nint, nint*, nint>)NativeApi.At(nameEntry))(pointer, i, NativeApi.Create(Entry.GetAllocatorWithDefaultOptions), &text));
            var name = NativeApi.TakeText(text);
            NativeApi.Check(((delegate* unmanaged<nint, nint, nint*, nint>)NativeApi.At(typeEntry))(pointer, i, &type));
            try
            {
                Metadata.Add(name, new NodeMetadata(type));
            }
            finally
            {
                NativeApi.Release(Entry.ReleaseTypeInfo, type);
            }

            Names.Add(name);
            _utf8Names.Add(name, session.KeepName(name));
        }
    }

    public List<string> Names { get; } = [];

    public Dictionary<string, NodeMetadata> Metadata { get; } = [];

    public bool TryGetUtf8(string name, out nint utf8) => _utf8Names.TryGetValue(name, out utf8);
}
