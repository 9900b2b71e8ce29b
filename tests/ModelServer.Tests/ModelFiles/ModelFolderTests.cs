using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Scan_MixedFolder_FindsVersionsOnly()
    {
        _models.Write("a/1/config.json", "{}");
        _models.Write("a/10/config.json", "{}");
        _models.Write("a/draft/config.json", "{}");
        _models.Write("training/model.py", "");
        _models.Write(".git/1/config.json", "{}");

        Assert.Equal(["a:1", "a:10"], ModelFolder.Scan(_models.Path).Select(f => $"{f.Name}:{f.Version}").Order());
    }

    [Fact]
    public void Scan_NoFolder_FindsNothing() => Assert.Empty(ModelFolder.Scan(Path.Combine(_models.Path, "absent")));

    [Theory]
    [InlineData("../../../secret")]
    [InlineData("../2/config.json")]
    [InlineData("/etc/passwd")]
    public void Find_PathOutOfTheVersion_IsRefused(string relative)
    {
        _models.Write("a/1/config.json", "{}");
        _models.Write("a/2/config.json", "{}");

        Assert.Throws<ModelLoadException>(() => new ModelFolder(_models.Path, "a", "1").Find(relative));
    }

    [Fact]
    public void Find_LinkOutOfTheModels_IsRefused()
    {
        _models.Write("a/1/config.json", "{}");
        using var elsewhere = new TemporaryModels();
        var secret = elsewhere.Write("secret", "x");
        File.CreateSymbolicLink(Path.Combine(_models.Path, "a/1/model.onnx"), secret);

        Assert.Throws<ModelLoadException>(() => new ModelFolder(_models.Path, "a", "1").Find("model.onnx"));
    }

    [Fact]
    public void Find_LinkWithinTheModels_IsFollowed()
    {
        var file = _models.Write("blobs/model", "x");
        _models.Write("a/1/config.json", "{}");
        File.CreateSymbolicLink(Path.Combine(_models.Path, "a/1/model.onnx"), file);

        Assert.NotNull(new ModelFolder(_models.Path, "a", "1").Find("model.onnx"));
    }
}
