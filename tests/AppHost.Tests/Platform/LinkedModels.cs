using Testing;

namespace AppHost.Tests.Platform;

/// <summary>The shipped models under a path that no other platform uses, so that its processes can be told by it.</summary>
internal sealed class LinkedModels : IDisposable
{
    public LinkedModels() => Directory.CreateSymbolicLink(Path, RepositoryPaths.Models);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"models-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(Path);
}
