using Publishing;
using Testing;

namespace Deployment.Tests.Images;

/// <summary>The services as they are deployed, published once for the tests of a class. For CUDA the model server is the same but for its engine: <c>./publish</c>
/// publishes that, too, and checks the same.</summary>
public sealed class PublishedServices : IAsyncLifetime
{
    internal const string Runtime = "linux-x64";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("published-");
    private readonly Dictionary<string, PublishedFolder> _published = [];

    internal Publisher Publisher { get; } = new(RepositoryPaths.Root, Runtime);

    internal PublishedFolder this[string name] => _published[name];

    public async Task InitializeAsync()
    {
        foreach (var flavour in Flavour.All.Where(f => f.Device == "cpu")) _published[flavour.Name] = await Publisher.PublishAsync(flavour, PathOf(flavour.Name));
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    internal string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
