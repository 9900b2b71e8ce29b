namespace Microsoft.ML.OnnxRuntime;

/// <summary>What a model says of itself.</summary>
public unsafe class ModelMetadata
{
    internal ModelMetadata(nint session)
    {
        var metadata = NativeApi.Get(Entry.SessionGetModelMetadata, session);
        try
        {
            ProducerName = Text(Entry.ModelMetadataGetProducerName, metadata);
            GraphName = Text(Entry.ModelMetadataGetGraphName, metadata);
            Domain = Text(Entry.ModelMetadataGetDomain, metadata);
            Description = Text(Entry.ModelMetadataGetDescription, metadata);
            GraphDescription = Text(Entry.ModelMetadataGetGraphDescription, metadata);
            long version;
            NativeApi.Check(((delegate* unmanaged<nint, long*, nint>)NativeApi.At(Entry.ModelMetadataGetVersion))(metadata, &version));
            Version = version;
            CustomMetadataMap = ReadMap(metadata);
        }
        finally
        {
            NativeApi.Release(Entry.ReleaseModelMetadata, metadata);
        }
    }

    public string ProducerName { get; }

    public string GraphName { get; }

    public string Domain { get; }

    public string Description { get; }

    public string GraphDescription { get; }

    public long Version { get; }

    public Dictionary<string, string> CustomMetadataMap { get; }

    private static string Text(int entry, nint metadata)
    {
        nint text;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint*, nint>)NativeApi.At(entry))(metadata, NativeApi.Create(Entry.GetAllocatorWithDefaultOptions), &text));
        return NativeApi.TakeText(text);
    }

    private static Dictionary<string, string> ReadMap(nint metadata)
    {
        var allocator = NativeApi.Create(Entry.GetAllocatorWithDefaultOptions);
        nint* keys;
        long count;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint**, long*, nint>)NativeApi.At(Entry.ModelMetadataGetCustomMetadataMapKeys))(metadata, allocator, &keys, &count));
        var map = new Dictionary<string, string>();
        for (var i = 0; i < count; i++)
        {
            nint value;
            NativeApi.Check(((delegate* unmanaged<nint, nint, nint, nint*, nint>)NativeApi.At(Entry.ModelMetadataLookupCustomMetadataMap))(metadata, allocator, keys[i], &value));
            map[NativeApi.TakeText(keys[i])] = NativeApi.TakeText(value);
        }

        NativeApi.Free((nint)keys);
        return map;
    }
}
