using ModelServer.ModelFiles;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.ModelFiles;

/// <summary>What goes wrong when models are copied: each is named by what it is, where all were "not a graph that the engine can load".</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 90405214\n";
    private static readonly string ExternalGraph = Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "external-weights.onnx");
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("onnx/model.onnx")]
    [InlineData("tokenizer.json")]
    [InlineData("config.json")]
    public void Find_GitLfsPointer_SaysToPull(string file)
    {
        _models.Write($"a/1/{file}", Pointer);

        Assert.Equal($"{file} is a git-lfs pointer of 133 bytes: run git lfs pull.", Reason(() => Folder().Find(file)));
    }

    [Fact]
    public void Find_LinkToAGitLfsPointer_SaysToPull()
    {
        var pointer = _models.Write("blobs/pointer", Pointer);
        _models.Write("a/1/config.json", "{}");
        File.CreateSymbolicLink(Path.Combine(_models.Path, "a/1/model.onnx"), pointer);

        Assert.StartsWith("model.onnx is a git-lfs pointer", Reason(() => Folder().Find("model.onnx")), StringComparison.Ordinal);
    }

    [Fact]
    public void Fingerprint_ExternalDataIsAPointer_SaysToPull()
    {
        var graph = Copy();
        _models.Write("a/1/in/weights.bin", Pointer);

        Assert.Equal("in/weights.bin is a git-lfs pointer of 133 bytes: run git lfs pull.", Reason(() => ModelFingerprint.Of(Folder(), graph)));
    }

    [Fact]
    public void Fingerprint_NoExternalData_NamesIt()
    {
        var graph = Copy();

        Assert.Equal("model.onnx needs in/weights.bin, which is not there.", Reason(() => ModelFingerprint.Of(Folder(), graph)));
    }

    [Fact]
    public void Fingerprint_ExternalDataCutOff_SaysHowMuchIsThere()
    {
        var graph = Copy();
        _models.Write("a/1/in/weights.bin", new string('x', 20));

        Assert.StartsWith("in/weights.bin ends before the weights of model.onnx do: it has 20 of 48 bytes.", Reason(() => ModelFingerprint.Of(Folder(), graph)), StringComparison.Ordinal);
        _models.Write("a/1/in/weights.bin", new string('x', 48));
        Assert.NotEmpty(ModelFingerprint.Of(Folder(), graph));
    }

    [Fact]
    public void Fingerprint_GraphCutOffAnywhere_SaysThatItEnds()
    {
        var whole = File.ReadAllBytes(Path.Combine(SmallModels.Folder("tiny-embedding"), "model.onnx"));
        var path = _models.Write("a/1/model.onnx", "");
        // The graph is behind the first few bytes; what is behind it, a version, may be missing.
        for (var length = 0; length < whole.Length - 32; length += length < 40 ? 1 : 997)
        {
            File.WriteAllBytes(path, whole[..length]);
            var reason = Reason(() => ModelFingerprint.Of(Folder(), path));
            Assert.True(reason.StartsWith("model.onnx ends before its graph does: ", StringComparison.Ordinal) || (length < 40 && reason.StartsWith("model.onnx ", StringComparison.Ordinal)), $"{length}: {reason}");
        }
    }

    [Theory]
    [InlineData("fp32", new[] { "model_quantized.onnx", "onnx/model_q4.onnx" }, "There is no model.onnx for the variant 'fp32'; there is model_quantized.onnx, onnx/model_q4.onnx. For one of them, write { \"variant\": \"quantized\" } to serving.json.")]
    [InlineData("int8", new[] { "onnx/model.onnx" }, "There is no model_int8.onnx for the variant 'int8'; there is onnx/model.onnx. For one of them, write { \"variant\": \"fp32\" } to serving.json.")]
    [InlineData("fp32", new[] { "decoder.onnx" }, "There is no model.onnx for the variant 'fp32'; there is decoder.onnx.")]
    [InlineData("fp32", new string[0], "There is no model.onnx for the variant 'fp32', here or in onnx/, nor any other .onnx file.")]
    public void GraphChoice_OtherGraphsOrNone_NamesThemAndTheLineToWrite(string variant, string[] files, string expected)
    {
        foreach (var file in files) _models.Write($"a/1/{file}", "");

        Assert.Equal(expected, Reason(() => GraphChoice.Of(Folder(), new() { Variant = variant })));
    }

    private string Copy()
    {
        var graph = _models.Write("a/1/model.onnx", "");
        File.Copy(ExternalGraph, graph, overwrite: true);
        return graph;
    }

    private ModelFolder Folder() => new(_models.Path, "a", "1");

    private static string Reason(Func<object?> action) => Assert.Throws<ModelLoadException>(action).Message;
}
