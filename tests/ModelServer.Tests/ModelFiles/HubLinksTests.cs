using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.ModelFiles;

/// <summary>A snapshot consists of links: they are followed within the models folder, and nowhere else.</summary>
public sealed class HubLinksTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly TemporaryModels _elsewhere = new();

    public void Dispose()
    {
        _models.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public void Find_LinkIntoTheBlobs_IsFollowed()
    {
        new HubFolder(_models, "models--o--m").Add(1, "config.json", "{}").Add(1, "onnx/model.onnx");

        var folder = Assert.Single(ModelFolder.Scan(_models.Path));

        Assert.Equal("{}", File.ReadAllText(folder.Find("config.json")!));
        Assert.EndsWith("model.onnx", GraphChoice.Of(folder, new()).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_LinkOutOfTheModels_IsRefused()
    {
        new HubFolder(_models, "models--o--m").Add(1, "model.onnx").Link(1, "config.json", _elsewhere.Write("secret", "x"));

        Assert.Throws<ModelLoadException>(() => Assert.Single(ModelFolder.Scan(_models.Path)).Find("config.json"));
    }

    [Fact]
    public void Find_BlobThatIsALinkOut_IsRefused()
    {
        var hub = new HubFolder(_models, "models--o--m").Add(1, "model.onnx");
        var blob = Path.Combine(hub.Path, "blobs", "other");
        File.CreateSymbolicLink(blob, _elsewhere.Write("secret", "x"));
        hub.Link(1, "config.json", blob);

        Assert.Throws<ModelLoadException>(() => Assert.Single(ModelFolder.Scan(_models.Path)).Find("config.json"));
    }

    [Theory]
    [InlineData("models--o--m", "")]
    [InlineData("models--o--m/blobs", "models--o--m")]
    [InlineData("models--o--m/snapshots", "models--o--m")]
    public void Find_FolderThatIsALinkOut_IsRefused(string link, string parent)
    {
        var hub = new HubFolder(_elsewhere, "models--o--m").Add(1, "config.json").Add(1, "model.onnx");
        Directory.CreateDirectory(Path.Combine(_models.Path, parent));
        Directory.CreateSymbolicLink(Path.Combine(_models.Path, link), Path.Combine(_elsewhere.Path, link));
        if (link.EndsWith("blobs", StringComparison.Ordinal)) new HubFolder(_models, "models--o--m").Link(1, "config.json", Path.Combine(hub.Path, "blobs", $"{1:x64}")).Link(1, "model.onnx", Path.Combine(hub.Path, "blobs", $"{2:x64}"));

        Assert.All(ModelFolder.Scan(_models.Path), folder => Assert.Throws<ModelLoadException>(() => folder.Find("config.json")));
    }

    [Fact]
    public void Scan_MainIsALinkOut_IsNotRead()
    {
        var hub = new HubFolder(_models, "models--o--m").Add(1, "model.onnx").Add(2, "model.onnx").Add(1, "config.json").Add(2, "config.json");
        Directory.CreateDirectory(Path.Combine(hub.Path, "refs"));
        File.CreateSymbolicLink(Path.Combine(hub.Path, "refs", "main"), _elsewhere.Write("main", HubFolder.Commit(1)));

        Assert.Equal("1", ModelFolder.Scan(_models.Path).Single(f => f.Path == hub.Snapshot(1)).Version);
    }

    [Fact]
    public void Scan_LinksInACircle_EndsAndIsRefused()
    {
        var hub = new HubFolder(_models, "models--o--m").Add(1, "model.onnx");
        File.CreateSymbolicLink(Path.Combine(hub.Snapshot(1), "config.json"), "config.json");
        Directory.CreateSymbolicLink(Path.Combine(hub.Path, "snapshots", HubFolder.Commit(2)), HubFolder.Commit(2));

        Assert.All(ModelFolder.Scan(_models.Path), folder => Assert.Throws<ModelLoadException>(() => folder.Find("config.json")));
    }

    [Fact]
    public void Load_WeightsBehindLinks_Loads()
    {
        new HubFolder(_models, "models--o--m").Add(1, "config.json")
            .Add(1, "onnx/model.onnx", File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "external-weights.onnx")))
            .Add(1, "onnx/in/weights.bin", new byte[6 * 2 * sizeof(float)]);
        var folder = Assert.Single(ModelFolder.Scan(_models.Path));
        var device = new ExecutionDevice(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance);

        ModelFingerprint.Of(folder, GraphChoice.Of(folder, new()).Path);
        new EncoderSession(GraphChoice.Of(folder, new()).Path, device, [new OutputChoice(["logits"], 2)], 0, RowReaders.Copy).Dispose();
    }

    [Fact]
    public async Task Server_HubCacheAsItLies_IsServed()
    {
        var hub = new HubFolder(_models, "models--sentence-transformers--tiny").Main(1);
        var source = SmallModels.Folder("tiny-embedding");
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(source, file);
            hub.Add(1, relative == "model.onnx" ? "onnx/model.onnx" : relative, File.ReadAllBytes(file));
        }

        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        var model = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/v1/models/tiny")).RootElement;

        Assert.Equal("ready", model.GetProperty("versions")[0].GetProperty("state").GetString());
        Assert.Equal("feature-extraction", model.GetProperty("task").GetString());
    }
}
