namespace Microsoft.ML.OnnxRuntime;

/// <summary>Results of a run; disposing the collection disposes them.</summary>
public interface IDisposableReadOnlyCollection<T> : IReadOnlyCollection<T>, IReadOnlyList<T>, IDisposable
{
}

internal sealed class DisposableList<T>(int capacity) : List<T>(capacity), IDisposableReadOnlyCollection<T>
    where T : IDisposable
{
    public void Dispose()
    {
        for (var i = Count - 1; i >= 0; i--) this[i].Dispose();
        Clear();
    }
}
