namespace ModelServer.Models;

/// <summary>A ready version in use by one request; given back when disposed.</summary>
internal sealed class ModelLease<TModel>(ModelVersion version, TModel loaded) : IDisposable
    where TModel : LoadedModel
{
    private int _released;

    public ModelVersion Version => version;

    public TModel Loaded => loaded;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0) version.Release();
    }
}
