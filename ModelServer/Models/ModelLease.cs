namespace ModelServer.Models;

/// <summary>Holds a ready version for one request, so that it is not freed meanwhile; disposing releases it.</summary>
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
