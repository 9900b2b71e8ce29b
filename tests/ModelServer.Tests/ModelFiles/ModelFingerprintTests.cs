using ModelServer.ModelFiles;
using ModelServer.Tests.Models;
using ModelServer.Tokenization.Files;
using Testing;

namespace ModelServer.Tests.ModelFiles;

public sealed class ModelFingerprintTests : IDisposable
{
    private const string Weights = "in/weights.bin";
    private readonly TemporaryModels _models = new();

    public ModelFingerprintTests() => WriteVersion("1");

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Of_SameContentElsewhere_IsTheSame()
    {
        WriteVersion("2");

        Assert.Equal(Of("1"), Of("2"));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("vocab.txt")]
    [InlineData("serving.json")]
    [InlineData(Weights)]
    public void Of_AFileThatIsServed_Changed_IsAnother(string file)
    {
        _models.Write("m/1/serving.json", "{}");
        var before = Of("1");

        File.AppendAllText(Path.Combine(_models.Path, "m/1", file), " ");

        Assert.NotEqual(before, Of("1"));
    }

    [Fact]
    public void Of_AnotherGraph_IsAnother()
    {
        var before = Of("1");
        var graph = Path.Combine(_models.Path, "m/1/model.onnx");
        var content = File.ReadAllBytes(graph);
        // The model's ir_version.
        content[1]++;

        File.WriteAllBytes(graph, content);

        Assert.NotEqual(before, Of("1"));
    }

    [Fact]
    public void Of_ATokenizerThatIsPreferred_Added_IsAnother()
    {
        var before = Of("1");

        File.Copy(Path.Combine(RepositoryPaths.Models, "sentiment/1/tokenizer.json"), Path.Combine(_models.Path, "m/1/tokenizer.json"));

        Assert.NotEqual(before, Of("1"));
    }

    [Theory]
    [InlineData("model_int8.onnx")]
    [InlineData("onnx/model_fp16.onnx_data")]
    [InlineData("model.safetensors")]
    [InlineData("README.md")]
    [InlineData("merges.txt")]
    public void Of_AFileThatNothingReads_Added_IsTheSame(string file)
    {
        var before = Of("1");

        _models.Write($"m/1/{file}", "x");

        Assert.Equal(before, Of("1"));
    }

    [Fact]
    public void Of_AGigabyteThatNothingReads_IsNotOpened()
    {
        var before = Of("1");
        using var weights = new FileStream(Path.Combine(_models.Path, "m/1/model.safetensors"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        weights.SetLength(1L << 30);
        Assert.Throws<IOException>(() => File.OpenRead(weights.Name));

        Assert.Equal(before, Of("1"));
    }

    [NeedsFact(Need.Linux)]
    public void Of_Links_IsThatOfWhatTheyLeadTo()
    {
        var before = Of("1");
        var weights = Path.Combine(_models.Path, "m/1", Weights);
        var blob = _models.Write("blobs/0a1b", "");
        File.Copy(weights, blob, overwrite: true);
        File.Delete(weights);
        File.CreateSymbolicLink(weights, blob);
        Assert.Equal(before, Of("1"));

        File.AppendAllText(blob, " ");

        Assert.NotEqual(before, Of("1"));
    }

    [NeedsFact(Need.Linux)]
    public void Of_WeightsBehindALinkThatLeadsOut_IsRefused()
    {
        using var elsewhere = new TemporaryModels();
        var weights = Path.Combine(_models.Path, "m/1", Weights);
        File.Delete(weights);
        File.CreateSymbolicLink(weights, elsewhere.Write("weights", "secret"));

        Assert.Throws<ModelLoadException>(() => Of("1"));
    }

    private void WriteVersion(string version)
    {
        _models.Write($"m/{version}/config.json", "{}");
        _models.Write($"m/{version}/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
        _models.Write($"m/{version}/tokenizer_config.json", "{}");
        _models.Write($"m/{version}/{Weights}", new string('w', 48));
        File.Copy(Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "external-weights.onnx"), Path.Combine(_models.Path, $"m/{version}/model.onnx"));
    }

    /// <summary>Reads what a load reads, but for the engine.</summary>
    private string Of(string version)
    {
        var folder = new ModelFolder(_models.Path, "m", version);
        TransformerConfig.Read(folder);
        var serving = ServingConfig.Read(folder);
        TokenizerLoader.Load(folder.Find);
        return ModelFingerprint.Of(folder, GraphChoice.Of(folder, serving).Path);
    }
}
