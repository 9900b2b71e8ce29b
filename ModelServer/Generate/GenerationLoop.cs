namespace ModelServer.Generate;

/// <summary>The dedicated thread of one generator.</summary>
internal sealed class GenerationLoop(GenerationQueue queue) : IDisposable
{
    public void Dispose() => queue.Close();
}
