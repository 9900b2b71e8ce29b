using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class GraphChoiceTests : IDisposable
{
    private static readonly string Fixtures = Path.GetFullPath(Path.Combine(SmallModels.Root, ".."));
    private static readonly string Sound = Path.Combine(Fixtures, "layouts", "named.onnx");
    private static readonly string OneScale = Path.Combine(Fixtures, "decoders", "per-tensor.onnx");
    private readonly TemporaryModels _models = new();

    private ModelFolder Folder => new(_models.Path, "m", "1");

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("onnx/model_q4.onnx", "q4", "onnx/model_q4.onnx")]
    [InlineData("onnx/model_q4.onnx,onnx/model_q4f16.onnx,onnx/model_bnb4.onnx", "q4", "onnx/model_q4.onnx")]
    [InlineData("onnx/model_bnb4.onnx,onnx/model_q4f16.onnx", "q4f16", "onnx/model_q4f16.onnx")]
    [InlineData("onnx/model_q4.onnx,onnx/model_quantized.onnx", "quantized", "onnx/model_quantized.onnx")]
    [InlineData("onnx/model_quantized.onnx,onnx/model_uint8.onnx,onnx/model_int8.onnx", "int8", "onnx/model_int8.onnx")]
    [InlineData("onnx/model_int8.onnx,onnx/model_fp16.onnx", "fp16", "onnx/model_fp16.onnx")]
    [InlineData("model_int8.onnx,model_nb8.onnx", "nb8", "model_nb8.onnx")]
    [InlineData("onnx/model_fp16.onnx,onnx/model.onnx", "fp32", "onnx/model.onnx")]
    [InlineData("model_fp16.onnx,onnx/decoder_model_merged.onnx", "fp32", "onnx/decoder_model_merged.onnx")]
    [InlineData("onnx/decoder_model.onnx,onnx/decoder_with_past_model.onnx,onnx/decoder_model_merged_quantized.onnx", "quantized", "onnx/decoder_model_merged_quantized.onnx")]
    [InlineData("onnx/decoder_model_merged.onnx,onnx/model.onnx", "fp32", "onnx/model.onnx")]
    [InlineData("model_fp16.onnx,onnx/model_fp16.onnx", "fp16", "model_fp16.onnx")]
    [InlineData("onnx/model_zebra.onnx,onnx/model_O4.onnx", "O4", "onnx/model_O4.onnx")]
    [InlineData("model_optimized.onnx,model_quantized.onnx", "optimized", "model_optimized.onnx")]
    [InlineData("onnx/model_O1.onnx,onnx/model_O3.onnx,onnx/model_O4.onnx,onnx/model_qint8_arm64.onnx", "O3", "onnx/model_O3.onnx")]
    [InlineData("onnx/model_O4.onnx,onnx/model_qint8_avx512.onnx", "O4", "onnx/model_O4.onnx")]
    [InlineData("onnx/model_q4.onnx,onnx/model_quint8_avx2.onnx", "quint8_avx2", "onnx/model_quint8_avx2.onnx")]
    public void Of_NoVariantNamed_TakesTheFirstOfTheOrder(string files, string variant, string path)
    {
        foreach (var file in files.Split(',')) Copy(Sound, file);

        var choice = GraphChoice.Of(Folder, new());

        Assert.Equal((variant, path), (choice.Variant, Relative(choice.Path)));
        Assert.Equal(variant != "fp32", choice.Sentence is not null);
    }

    [Theory]
    [InlineData((int)Processor.X64, "quint8_avx2")]
    [InlineData((int)Processor.X64WithVnni, "qint8_avx512_vnni")]
    [InlineData((int)Processor.Arm64, "qint8_arm64")]
    public void On_Processor_PutsWhatSuitsItFirst(int processor, string first)
    {
        Assert.Equal(first, QuantizedNames.On((Processor)processor)[0]);
        Assert.Equal(QuantizedNames.On(Processor.X64).Order(), QuantizedNames.On((Processor)processor).Order());
    }

    [Theory]
    [InlineData("model_quantized.onnx", "model_q4.onnx", "q4")]
    [InlineData("model_int8.onnx", null, "int8")]
    public void Of_GraphWithOneScale_ComesLast(string oneScale, string? other, string expected)
    {
        Copy(OneScale, oneScale);
        if (other is not null) Copy(Sound, other);

        Assert.Equal(expected, GraphChoice.Of(Folder, new()).Variant);
    }

    [Fact]
    public void Of_PointersBesideAGraph_TakesTheGraph()
    {
        _models.Write("m/1/onnx/model_fp16.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n");
        Copy(Sound, "onnx/model_q4.onnx");

        Assert.Equal("q4", GraphChoice.Of(Folder, new()).Variant);
    }

    [Fact]
    public void Of_VariantNamed_IsTakenOverWhatComesFirst()
    {
        Copy(Sound, "onnx/model.onnx");
        Copy(Sound, "onnx/decoder_model_merged_q4.onnx");

        var choice = GraphChoice.Of(Folder, new() { Variant = "q4" });

        Assert.Equal(("q4", "onnx/decoder_model_merged_q4.onnx", (string?)null), (choice.Variant, Relative(choice.Path), choice.Sentence));
    }

    [Fact]
    public void Of_ChosenByWhatIsThere_SaysSoAndWhatElseThereIs()
    {
        Copy(Sound, "onnx/model_q4.onnx");
        Copy(Sound, "onnx/model_bnb4.onnx");

        Assert.Equal(
            "serving.json names no variant and there is none in fp32: model_q4.onnx is served (variant q4). There is also bnb4.",
            GraphChoice.Of(Folder, new()).Sentence);
    }

    [Fact]
    public void Of_OthersThatWereLookedAt_AreNoPartOfTheVersion()
    {
        Copy(OneScale, "onnx/model_int8.onnx");
        Copy(Sound, "onnx/model_q4.onnx");
        var folder = Folder;

        GraphChoice.Of(folder, new());

        Assert.Equal([Path.Combine("onnx", "model_q4.onnx")], folder.Found);
    }

    [Fact]
    public void Of_LinkOutOfTheModelsFolder_IsNotReadForTheChoice()
    {
        Copy(Sound, "onnx/model_q4.onnx");
        File.CreateSymbolicLink(Path.Combine(_models.Path, "m", "1", "onnx", "model_fp16.onnx"), Sound);

        Assert.Equal("q4", GraphChoice.Of(Folder, new()).Variant);
    }

    [Theory]
    [InlineData("gpt2_fp32.onnx", "fp32")]
    [InlineData("model.onnx", "fp32")]
    [InlineData("model_q4.onnx", "q4")]
    public void Of_GenAiConfig_TakesTheGraphThatItNames(string file, string variant)
    {
        Copy(Sound, file);
        Copy(Sound, "other.onnx");
        _models.Write("m/1/genai_config.json", $$"""{ "model": { "decoder": { "filename": "{{file}}" } } }""");

        var choice = GraphChoice.Of(Folder, new());

        Assert.Equal((variant, file), (choice.Variant, Relative(choice.Path)));
    }

    private void Copy(string graph, string file) => File.Copy(graph, _models.Write($"m/1/{file}", ""), overwrite: true);

    private string Relative(string path) => Path.GetRelativePath(Folder.Path, path).Replace('\\', '/');
}
