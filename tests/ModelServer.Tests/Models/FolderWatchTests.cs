using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.Models;

public sealed class FolderWatchTests : IAsyncDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly ManualTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly TestRollouts _rollouts = new();
    private ModelServerHost? _host;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _models.Dispose();
    }

    [Fact]
    public async Task NewVersion_OfAModelThatServes_IsListedUnloaded()
    {
        _models.CopySmall("tiny-embedding", "a");
        var catalog = await StartAsync();
        Copy("a", "2");

        await BecomesAsync(catalog, "a", "2", ModelState.Unloaded);

        Assert.Equal(ModelVersion.Offered, catalog.Get("a", "2")!.Reason);
        Assert.Equal("1", catalog.Active("a")!.Version);
        _rollouts.Load("a", "2");
        await BecomesAsync(catalog, "a", "2", ModelState.Ready);
    }

    [Fact]
    public async Task NewModel_IsLoaded()
    {
        _models.CopySmall("tiny-embedding", "a");
        var catalog = await StartAsync();
        _models.CopySmall("tiny-multilabel", "b");

        await BecomesAsync(catalog, "b", "1", ModelState.Ready);
    }

    [Fact]
    public async Task NewModel_InAnEmptyFolder_IsLoaded()
    {
        _host = new ModelServerHost(_models.Path, time: _time, rollouts: _rollouts);
        _host.CreateClient();
        var catalog = _host.Services.GetRequiredService<ModelCatalog>();
        _models.CopySmall("tiny-multilabel", "b");

        await BecomesAsync(catalog, "b", "1", ModelState.Ready);
    }

    [Fact]
    public async Task OfferedVersion_FolderGone_IsListedNoMore()
    {
        _models.CopySmall("tiny-embedding", "a");
        var catalog = await StartAsync();
        Copy("a", "2");
        await BecomesAsync(catalog, "a", "2", ModelState.Unloaded);

        Directory.Delete(Path.Combine(_models.Path, "a", "2"), recursive: true);

        await LooksUntilAsync(() => catalog.Get("a", "2") is null);
    }

    [Fact]
    public async Task UnloadedVersion_FolderGone_IsListedNoMore()
    {
        _models.CopySmall("tiny-embedding", "a");
        var catalog = await StartAsync();
        Copy("a", "2");
        await BecomesAsync(catalog, "a", "2", ModelState.Unloaded);
        _rollouts.Load("a", "2");
        await BecomesAsync(catalog, "a", "2", ModelState.Ready);
        _rollouts.Unload("a", "2");
        await BecomesAsync(catalog, "a", "2", ModelState.Unloaded);

        Directory.Delete(Path.Combine(_models.Path, "a", "2"), recursive: true);

        await LooksUntilAsync(() => catalog.Get("a", "2") is null);
    }

    /// <summary>A rollout found it first, no look ever saw its folder, and it was listed for ever.</summary>
    [Fact]
    public async Task VersionThatCameAndWentBetweenTwoLooks_IsListedNoMore()
    {
        _models.CopySmall("tiny-embedding", "a");
        var catalog = await StartAsync();
        Copy("a", "2");
        _rollouts.Load("a", "2");
        await Eventually.HoldsAsync(() => catalog.Get("a", "2")?.State == ModelState.Ready);
        _rollouts.Unload("a", "2");
        await Eventually.HoldsAsync(() => catalog.Get("a", "2")?.State == ModelState.Unloaded);

        Directory.Delete(Path.Combine(_models.Path, "a", "2"), recursive: true);

        await LooksUntilAsync(() => catalog.Get("a", "2") is null);
    }

    /// <summary>Listed no more, it would be tried anew after every look.</summary>
    [Fact]
    public async Task VersionThatIsWantedAndNotThere_StaysAnError()
    {
        _models.CopySmall("tiny-embedding", "a");
        var catalog = await StartAsync();
        _rollouts.Load("a", "7");
        await Eventually.HoldsAsync(() => catalog.Get("a", "7")?.State == ModelState.Error);
        var failed = catalog.Get("a", "7");
        Copy("a", "2");

        // Looks have happened.
        await BecomesAsync(catalog, "a", "2", ModelState.Unloaded);

        Assert.Same(failed, catalog.Get("a", "7"));
    }

    /// <summary>Its folder went while it was in memory, and it was listed for ever.</summary>
    [Fact]
    public async Task ReadyVersion_FolderGone_IsListedNoMoreOnceUnloaded()
    {
        _models.CopySmall("tiny-embedding", "a");
        _models.CopySmall("tiny-embedding", "b");
        var catalog = await StartAsync();
        Copy("a", "2");
        await BecomesAsync(catalog, "a", "2", ModelState.Unloaded);
        _rollouts.Load("a", "2");
        await BecomesAsync(catalog, "a", "2", ModelState.Ready);
        Directory.Delete(Path.Combine(_models.Path, "a", "2"), recursive: true);
        Copy("b", "2");
        // A look has happened.
        await BecomesAsync(catalog, "b", "2", ModelState.Unloaded);

        _rollouts.Unload("a", "2");

        await LooksUntilAsync(() => catalog.Get("a", "2") is null);
    }

    [Fact]
    public async Task ReadyVersion_FolderGone_ServesOn()
    {
        _models.CopySmall("tiny-embedding", "a");
        _models.CopySmall("tiny-embedding", "b");
        var catalog = await StartAsync();
        Copy("b", "2");
        Directory.Delete(Path.Combine(_models.Path, "a"), recursive: true);
        // A look has happened.
        await BecomesAsync(catalog, "b", "2", ModelState.Unloaded);

        Assert.Equal(ModelState.Ready, catalog.Get("a", "1")!.State);
    }

    [Fact]
    public async Task BrokenModel_Mended_IsLoadedAgain()
    {
        var graph = Path.Combine(_models.CopySmall("tiny-embedding", "a"), "model.onnx");
        File.Move(graph, graph + ".later");
        _models.Write("a/1/model.onnx", "no graph");
        var catalog = await StartAsync();
        Assert.Equal(ModelState.Error, catalog.Get("a", "1")!.State);
        // A look has happened.
        _models.CopySmall("tiny-multilabel", "b");
        await BecomesAsync(catalog, "b", "1", ModelState.Ready);

        File.Move(graph + ".later", graph, overwrite: true);

        await BecomesAsync(catalog, "a", "1", ModelState.Ready);
    }

    [Fact]
    public async Task MisplacedModel_Moved_IsLoaded()
    {
        var folder = _models.CopySmall("tiny-embedding", "a");
        Directory.Move(folder, Path.Combine(_models.Path, "a", "v1"));
        var catalog = await StartAsync();
        Assert.Equal(ModelState.Error, catalog.Get("a", "v1")!.State);

        Directory.Move(Path.Combine(_models.Path, "a", "v1"), folder);

        await BecomesAsync(catalog, "a", "1", ModelState.Ready);
        Assert.Null(catalog.Get("a", "v1"));
    }

    [Fact]
    public async Task UnloadedVersion_StaysAsItIs()
    {
        _models.CopySmall("tiny-embedding", "a");
        _models.CopySmall("tiny-embedding", "b");
        var catalog = await StartAsync();
        _rollouts.Unload("a", "1");
        await BecomesAsync(catalog, "a", "1", ModelState.Unloaded);
        Copy("b", "2");
        await BecomesAsync(catalog, "b", "2", ModelState.Unloaded);

        Assert.Equal(ModelState.Unloaded, catalog.Get("a", "1")!.State);
        Assert.Null(catalog.Get("a", "1")!.Reason);
    }

    private async Task<ModelCatalog> StartAsync()
    {
        _host = new ModelServerHost(_models.Path, time: _time, rollouts: _rollouts);
        await _host.CreateReadyClientAsync();
        return _host.Services.GetRequiredService<ModelCatalog>();
    }

    private void Copy(string model, string version)
    {
        var source = Path.Combine(_models.Path, model, "1");
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_models.Path, model, version, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private Task BecomesAsync(ModelCatalog catalog, string name, string version, ModelState state)
        => LooksUntilAsync(() => catalog.Get(name, version)?.State == state, () => $"{name}:{version} is {catalog.Get(name, version)?.State.ToString() ?? "not listed"}: {catalog.Get(name, version)?.Reason}");

    private Task LooksUntilAsync(Func<bool> condition, Func<string>? otherwise = null) => Eventually.HoldsAsync(
        () =>
        {
            _time.Advance(new ModelsOptions().WatchInterval);
            return condition();
        },
        otherwise);
}
