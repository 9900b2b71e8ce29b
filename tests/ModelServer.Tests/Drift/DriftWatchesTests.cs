using Microsoft.Extensions.Options;
using ModelServer.Classify;
using ModelServer.Drift;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Drift;

public class DriftWatchesTests
{
    private readonly DriftWatches _watches = new(Options.Create(new DriftOptions { MaxVersions = 2 }));

    [Fact]
    public void Version_LoadedAgain_GoesOn()
    {
        var first = _watches.Of(WatchParts.Version(), WatchParts.Model());

        Assert.Same(first, _watches.Of(WatchParts.Version(), WatchParts.Model()));
    }

    [Fact]
    public void Version_WithOtherFiles_BeginsAnew()
    {
        var first = _watches.Of(WatchParts.Version(), WatchParts.Model());
        using var models = new TemporaryModels();
        var folder = models.CopySmall("tiny-multilabel", "tiny");
        File.AppendAllText(Path.Combine(folder, "config.json"), "\n");
        var changed = new ClassificationModel(ModelSource.Read(new(models.Path, "tiny", "1")), WatchParts.Model().Engine);

        var second = _watches.Of(WatchParts.Version(), changed);

        Assert.NotSame(first, second);
        Assert.Same(second, Assert.Single(_watches.All));
    }

    [Fact]
    public void Versions_BeyondTheMost_PushOutTheOneSeenLongestAgo()
    {
        for (var i = 1; i <= 3; i++) _watches.Of(WatchParts.Version(version: $"{i}"), WatchParts.Model())!.Add(at: i == 1 ? 9 : i, [1, 1, 1], 0);

        Assert.Equal(["1", "3"], _watches.All.Select(w => w.Version));
    }
}
