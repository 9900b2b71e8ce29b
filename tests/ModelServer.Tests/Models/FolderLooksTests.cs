using System.Diagnostics;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Tests.ModelFiles;
using Testing;

namespace ModelServer.Tests.Models;

public sealed class FolderLooksTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FolderLooks _looks;
    private string? _known;
    private string? _served;

    public FolderLooksTests() => _looks = new(_models.Path, _time);

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Look_FolderThatLooksAlikeTwice_IsSettledOnce()
    {
        _models.Write("a/1/config.json", "{}");

        Assert.Empty(Look());
        Assert.Equal(["a:1"], Names(Look()));
        Assert.Empty(Look());
    }

    [Fact]
    public void Look_FolderThatIsStillCopied_IsNotSettled()
    {
        _models.Write("a/1/config.json", "{}");
        Assert.Empty(Look());
        _models.Write("a/1/model.onnx", "half");
        Assert.Empty(Look());
        _models.Write("a/1/model.onnx", "half and half");
        Assert.Empty(Look());

        Assert.Equal(["a:1"], Names(Look()));
    }

    [Fact]
    public void Look_FileOfOneSizeIsWrittenInto_IsNotSettled()
    {
        var graph = _models.Write("a/1/model.onnx", "0000");
        Assert.Empty(Look());
        File.SetLastWriteTimeUtc(graph, File.GetLastWriteTimeUtc(graph).AddSeconds(1));
        Assert.Empty(Look());

        Assert.Equal(["a:1"], Names(Look()));
    }

    [Fact]
    public void Look_FileInAFolderGrows_IsNotSettled()
    {
        _models.Write("a/1/onnx/model.onnx", "half");
        Assert.Empty(Look());
        _models.Write("a/1/onnx/model.onnx", "half and half");

        Assert.Empty(Look());
    }

    [Fact]
    public void Look_EmptyFolder_IsNeverSettled()
    {
        Directory.CreateDirectory(Path.Combine(_models.Path, "a", "1"));

        for (var i = 0; i < 3; i++) Assert.Empty(Look());
    }

    [Fact]
    public void Look_Marked_IsSettledAtOnce()
    {
        _models.Write("a/1/model.onnx", "x");
        _models.Write("a/1/.complete", "");

        Assert.Equal(["a:1"], Names(Look()));
        Assert.Empty(Look());
    }

    [Fact]
    public void Look_Known_IsNoNewsUntilItChanges()
    {
        _models.Write("a/1/config.json", "{}");
        _known = "a";

        Assert.Empty(Look());
        Assert.Empty(Look());
        _models.Write("a/1/config.json", "{ }");
        Assert.Empty(Look());
        Assert.Equal(["a:1"], Names(Look()));
    }

    [Fact]
    public void Look_ServedAndUnloadedAgain_IsNoNews()
    {
        _models.Write("a/1/config.json", "{}");
        (_known, _served) = ("a", "a");
        Assert.Empty(Look());
        _models.Write("a/1/config.json", "{ }");
        Assert.Empty(Look());
        _served = null;

        for (var i = 0; i < 3; i++) Assert.Empty(Look());
    }

    [Fact]
    public void Look_GoneAndBack_IsSettledAgain()
    {
        _models.Write("a/1/config.json", "{}");
        Look();
        Look();
        Directory.Delete(Path.Combine(_models.Path, "a"), recursive: true);
        Look();
        _models.Write("a/1/config.json", "{}");

        Assert.Empty(Look());
        Assert.Equal(["a:1"], Names(Look()));
    }

    [Fact]
    public void Look_SnapshotBeingDownloaded_WaitsForItsEnd()
    {
        var hub = new HubFolder(_models, "models--o--m").Add(1, "config.json").Add(1, "model.onnx").Unfinished();
        var part = Path.Combine(hub.Path, "blobs", "abc.incomplete");
        File.SetLastWriteTimeUtc(part, _time.GetUtcNow().UtcDateTime);
        for (var i = 0; i < 3; i++) Assert.Empty(Look());
        File.Delete(part);

        Assert.Equal(["m:1"], Names(Look()));
    }

    [Fact]
    public void Look_DownloadThatWasCutOff_IsNotWaitedForForEver()
    {
        var hub = new HubFolder(_models, "models--o--m").Add(1, "config.json").Add(1, "model.onnx").Unfinished();
        File.SetLastWriteTimeUtc(Path.Combine(hub.Path, "blobs", "abc.incomplete"), _time.GetUtcNow().UtcDateTime);
        Look();
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(["m:1"], Names(Look()));
    }

    [Fact]
    public void Look_FolderThatIsALinkOut_IsNotLookedInto()
    {
        using var elsewhere = new TemporaryModels();
        elsewhere.Write("1/config.json", "{}");
        Directory.CreateSymbolicLink(Path.Combine(_models.Path, "a"), elsewhere.Path);
        Assert.Empty(Look());
        elsewhere.Write("1/model.onnx", "{}");

        // Had it been looked into, it would have changed.
        Assert.Equal(["a:1"], Names(Look()));
    }

    [Fact]
    public void Look_LinksWithinAFolder_AreNotFollowed()
    {
        using var elsewhere = new TemporaryModels();
        elsewhere.Write("data/x", "{}");
        _models.Write("a/1/config.json", "{}");
        Directory.CreateSymbolicLink(Path.Combine(_models.Path, "a", "1", "loop"), Path.Combine(_models.Path, "a"));
        Directory.CreateSymbolicLink(Path.Combine(_models.Path, "a", "1", "out"), elsewhere.Path);
        Assert.Empty(Look());
        elsewhere.Write("data/y", "{}");

        Assert.Equal(["a:1"], Names(Look()));
    }

    [Fact]
    public void Look_TenThousandFiles_TakesLittle()
    {
        for (var i = 0; i < 10_000; i++) _models.Write($"a/1/files/{i}", "");
        Look();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        Look();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 2_000_000);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, 500 * Eventually.Slack);
    }

    private static string[] Names(IEnumerable<ModelFolder> folders) => [.. folders.Select(f => $"{f.Name}:{f.Version}").Order()];

    private IReadOnlyList<ModelFolder> Look() => _looks.Look([.. ModelFolder.Scan(_models.Path)], f => f.Name == _known, f => f.Name == _served);
}
