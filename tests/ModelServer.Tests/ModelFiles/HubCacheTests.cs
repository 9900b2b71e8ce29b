using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class HubCacheTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Scan_OneSnapshot_IsVersionOneUnderTheLastPart()
    {
        Graph("models--intfloat--e5-small", 7).Main(7);

        Assert.Equal(["e5-small:1"], Scan());
        Assert.Empty(MisplacedModel.Scan(_models.Path));
    }

    [Fact]
    public void Scan_RepositoryWithoutOrganisation_HasItsName()
    {
        Graph("models--gpt2", 1);

        Assert.Equal(["gpt2:1"], Scan());
    }

    [Theory]
    [InlineData(3, 1, 2)]
    [InlineData(1, 2, 3)]
    public void Scan_SeveralSnapshots_AreNumberedAsTheyCame(int first, int second, int third)
    {
        Graph("models--o--m", first, day: 1).Main(third);
        Graph("models--o--m", second, day: 2);
        Graph("models--o--m", third, day: 3);

        Assert.Equal([(HubFolder.Commit(first), "1"), (HubFolder.Commit(second), "2"), (HubFolder.Commit(third), "3")], Versions());
    }

    [Theory]
    [InlineData(1, "2")]
    [InlineData(2, "2")]
    public void Scan_SnapshotsOfOneSecond_MainIsTheHighest(int main, string highest)
    {
        Graph("models--o--m", 1).Main(main);
        Graph("models--o--m", 2);

        Assert.Equal(highest, Versions().Single(v => v.Commit == HubFolder.Commit(main)).Version);
    }

    [Fact]
    public void Scan_SnapshotComesLater_ChangesNoVersion()
    {
        Graph("models--o--m", 5, day: 1).Main(5);
        var before = Versions();
        Graph("models--o--m", 1, day: 2);

        Assert.Equal(before, Versions().Where(v => v.Version == "1"));
        Assert.Equal([.. before, (HubFolder.Commit(1), "2")], Versions());
    }

    [Fact]
    public void Scan_FileAddedToASnapshot_ChangesNoVersion()
    {
        Graph("models--o--m", 1, day: 1);
        Graph("models--o--m", 2, day: 2);
        var before = Versions();
        new HubFolder(_models, "models--o--m").Link(1, "README.md", Path.Combine(_models.Path, "models--o--m", "blobs", $"{1:x64}"), day: 3);

        Assert.Equal(before, Versions());
    }

    [Fact]
    public void Scan_NamesCollide_TheFirstKeepsTheShortOne()
    {
        Graph("models--b--m", 1, day: 1);
        Graph("models--a--m", 1, day: 2);

        Assert.Equal(["a--m:1", "m:1"], Scan());
    }

    [Fact]
    public void Scan_OrdinaryFolderOfTheName_ComesFirst()
    {
        Graph("models--a--m", 1);
        _models.Write("m/1/config.json", "{}");

        Assert.Equal(["a--m:1", "m:1"], Scan());
    }

    [Fact]
    public void Scan_NameThatIsNotAllowed_IsMadeValid()
    {
        Graph($"models--a--_{new string('x', 70)}", 1);

        Assert.Equal([$"{new string('x', 64)}:1"], Scan());
    }

    [Theory]
    [InlineData("datasets--o--d")]
    [InlineData("spaces--o--s")]
    [InlineData(".locks")]
    public void Scan_WhatElseTheCacheHolds_IsPassedOver(string folder)
    {
        _models.Write($"{folder}/snapshots/{HubFolder.Commit(1)}/config.json", "{}");
        _models.Write($"{folder}/snapshots/{HubFolder.Commit(1)}/model.onnx", "");

        Assert.Empty(Scan());
        Assert.Empty(MisplacedModel.Scan(_models.Path));
    }

    [Theory]
    [InlineData("model.safetensors", "export it with optimum-cli export onnx --model o/m m/1/")]
    [InlineData("pytorch_model.bin", "pytorch_model.bin")]
    [InlineData("README.md", "o/m has no ONNX graph: download it")]
    public void Scan_NoGraph_SaysWhatToDo(string file, string advice)
    {
        new HubFolder(_models, "models--o--m").Add(1, "config.json").Add(1, file).Main(1);

        var model = Assert.Single(MisplacedModel.Scan(_models.Path));

        Assert.Empty(Scan());
        Assert.Equal("m:1", $"{model.Name}:{model.Version}");
        Assert.Contains(advice, model.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(_models.Path, model.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Scan_ExportedSince_SaysNothingMore()
    {
        new HubFolder(_models, "models--o--m").Add(1, "config.json").Add(1, "model.safetensors");
        _models.Write("m/1/config.json", "{}");

        Assert.Empty(MisplacedModel.Scan(_models.Path));
        Assert.Equal(["m:1"], Scan());
    }

    [Fact]
    public void Scan_UnfinishedDownload_IsNotTakenForATokenizer()
    {
        var hub = new HubFolder(_models, "models--o--m").Add(1, "config.json").Add(1, "tokenizer.json").Unfinished();

        Assert.Empty(Scan());
        Assert.Contains("still being downloaded", Assert.Single(MisplacedModel.Scan(_models.Path)).Reason, StringComparison.Ordinal);
        File.Delete(Path.Combine(hub.Path, "blobs", "abc.incomplete"));
        Assert.Equal(["m:1"], Scan());
    }

    [Fact]
    public void Scan_NoTransformer_IsPassedOver()
    {
        new HubFolder(_models, "models--o--m").Add(1, "weights.gguf");
        Directory.CreateDirectory(Path.Combine(_models.Path, "models--o--empty", "snapshots"));

        Assert.Empty(Scan());
        Assert.Empty(MisplacedModel.Scan(_models.Path));
    }

    private HubFolder Graph(string repository, int commit, int day = 1) => new HubFolder(_models, repository).Add(commit, "config.json", day: day).Add(commit, "onnx/model.onnx", day: day);

    private string[] Scan() => [.. ModelFolder.Scan(_models.Path).Select(f => $"{f.Name}:{f.Version}").Order(StringComparer.Ordinal)];

    private (string Commit, string Version)[] Versions()
        => [.. ModelFolder.Scan(_models.Path).OrderBy(f => f.Version, StringComparer.Ordinal).Select(f => (Path.GetFileName(f.Path), f.Version))];
}
