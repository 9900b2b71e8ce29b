using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class MisplacedModelTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("minilm/config.json", "minilm:1", "minilm/1/")]
    [InlineData("minilm/model.onnx", "minilm:1", "minilm/1/")]
    [InlineData("minilm/onnx/model.onnx", "minilm:1", "minilm/1/")]
    [InlineData("minilm/v1/config.json", "minilm:v1", "Rename minilm/v1 to minilm/1.")]
    [InlineData("minilm/V1.2/onnx/model_q4.onnx", "minilm:V1.2", "Rename minilm/V1.2 to minilm/1.2.")]
    [InlineData("minilm/version_3/tokenizer.json", "minilm:version_3", "Rename minilm/version_3 to minilm/3.")]
    [InlineData("sentence-transformers/minilm/config.json", "sentence-transformers/minilm:1", "to minilm/1/")]
    [InlineData("sentence-transformers/minilm/2/config.json", "sentence-transformers/minilm:2", "move sentence-transformers/minilm to minilm")]
    [InlineData("my model/1/config.json", "my model:1", "'my model' is not allowed")]
    [InlineData("my model/config.json", "my model:1", "'my model' is not allowed")]
    [InlineData("-x/2/config.json", "-x:2", "'-x' is not allowed")]
    [InlineData("modèle/1/model.onnx", "modèle:1", "'modèle' is not allowed")]
    public void Scan_ModelInAnotherPlace_SaysWhatToDo(string file, string reference, string advice)
    {
        _models.Write(file, "{}");

        var model = Assert.Single(MisplacedModel.Scan(_models.Path));

        Assert.Equal(reference, $"{model.Name}:{model.Version}");
        Assert.Contains(advice, model.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(_models.Path, model.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/1/config.json")]
    [InlineData("a/1.2.3/model.onnx")]
    [InlineData("training/model.py")]
    [InlineData("training/data/texts.txt")]
    [InlineData(".git/1/config.json")]
    [InlineData(".cache/config.json")]
    [InlineData(".pull/acme--tiny--fp32/files/config.json")]
    [InlineData("empty/1/README.md")]
    [InlineData("config.json")]
    public void Scan_ModelInItsPlaceOrNone_FindsNothing(string file)
    {
        _models.Write(file, "{}");

        Assert.Empty(MisplacedModel.Scan(_models.Path));
    }

    [Fact]
    public void Scan_DraftsBesideAVersion_AreLeftAlone()
    {
        _models.Write("a/1/config.json", "{}");
        _models.Write("a/config.json", "{}");
        _models.Write("a/2.partial/config.json", "{}");
        _models.Write("a/draft/config.json", "{}");
        _models.Write("a/v2/config.json", "{}");

        Assert.Equal(["v2"], MisplacedModel.Scan(_models.Path).Select(m => m.Version));
    }

    [Fact]
    public void Scan_NoFolder_FindsNothing() => Assert.Empty(MisplacedModel.Scan(Path.Combine(_models.Path, "absent")));
}
