using ModelServer.Check;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Check;

/// <summary>Each layout that is not served says so, and what to do.</summary>
public sealed class RefusedLayoutsTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n";
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("BertForSequenceClassification", "model.safetensors", "optimum-cli export onnx --model")]
    [InlineData("LlamaForCausalLM", "pytorch_model.bin", "--task text-generation-with-past models/NAME/1/")]
    [InlineData("LlamaForCausalLM", "tiny.Q4_K_M.gguf", "llama.cpp")]
    public void Run_WeightsWithoutAGraph_SaysHowToExport(string architecture, string weights, string expected)
    {
        var folder = Copy("tiny-tokenizer");
        _models.Write("m/1/config.json", $$"""{"architectures":["{{architecture}}"]}""");
        _models.Write($"m/1/{weights}", "weights");

        var report = Refused(folder, "not in ONNX");

        Assert.Contains(expected, Assert.Single(report.Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Adapter_SaysToMergeIt()
    {
        var folder = Copy("tiny-tokenizer");
        _models.Write("m/1/adapter_config.json", "{}");
        _models.Write("m/1/adapter_model.safetensors", "weights");

        Assert.Contains("merge it", Assert.Single(Refused(folder, "not in ONNX").Advice), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"architectures":["T5ForConditionalGeneration"],"is_encoder_decoder":true}""", "onnx/model.onnx")]
    [InlineData("""{"architectures":["T5Model"]}""", "encoder_model.onnx")]
    public void Run_EncoderWithDecoder_IsNotServed(string config, string graph)
    {
        var folder = Copy("tiny-tokenizer");
        _models.Write("m/1/config.json", config);
        _models.Write($"m/1/{graph}", "");

        Assert.Contains("encoder and decoder", Assert.Single(Refused(folder).Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ArchitectureOfNoTask_NamesThoseThatAreServed()
    {
        var folder = Copy("tiny-sentence");
        _models.Write("m/1/config.json", """{"architectures":["SomethingForSpeech"]}""");

        Assert.Contains("text-classification, feature-extraction", Assert.Single(Refused(folder).Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoConfiguration_SaysWhereItIs()
    {
        var folder = Copy("tiny-sentence");
        File.Delete(Path.Combine(folder, "config.json"));

        Assert.Contains("There is no config.json", Assert.Single(Refused(folder).Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_TokenizerOfAnotherKind_IsNamed()
    {
        var folder = Copy("tiny-sentence");
        _models.Write("m/1/tokenizer.json", """{"model":{"type":"Syllables","vocab":{}}}""");

        var report = Refused(folder, "Syllables");

        Assert.Equal("Syllables (tokenizer.json)", report.Tokenizer);
        Assert.Contains("another tokenizer", Assert.Single(report.Advice), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Copy tokenizer.json")]
    [InlineData("spiece.model", "AutoTokenizer")]
    public void Run_NoTokenizer_SaysWhereItComesFrom(string? file, string expected)
    {
        var folder = Copy("tiny-sentence");
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        if (file is not null) _models.Write($"m/1/{file}", "pieces");

        Assert.Contains(expected, Assert.Single(Refused(folder, "tokenizer.json").Advice), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-cache", "past_key_values", "--task text-generation-with-past")]
    [InlineData("per-tensor", "DynamicQuantizeLinear", "model_q4.onnx")]
    public void Run_DecoderInAFormThatIsNotServed_SaysWhichToTake(string form, string reason, string expected)
    {
        var folder = Copy("tiny-decoder");
        File.Copy(Path.Combine(Path.GetDirectoryName(SmallModels.Root)!, "decoders", $"{form}.onnx"), Path.Combine(folder, "model.onnx"), overwrite: true);

        Assert.Contains(expected, Assert.Single(Refused(folder, reason).Advice), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.onnx", "model.onnx is a git-lfs pointer")]
    [InlineData("tokenizer.json", "tokenizer.json is a git-lfs pointer")]
    [InlineData("config.json", "config.json is a git-lfs pointer")]
    public void Run_FileThatGitHasNotFetched_SaysHowTo(string file, string reason)
    {
        var folder = Copy("tiny-sentence");
        _models.Write($"m/1/{file}", Pointer);

        Assert.Contains("git lfs pull", Refused(folder, reason).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_GraphCutOff_SaysHowMuchIsThere()
    {
        var folder = Copy("tiny-sentence");
        var graph = Path.Combine(folder, "model.onnx");
        File.WriteAllBytes(graph, File.ReadAllBytes(graph)[..^100]);

        Refused(folder, "ends before its graph does");
    }

    [Fact]
    public void Run_GraphTooDeep_SaysWhereItIsLookedFor()
    {
        var folder = Copy("tiny-sentence");
        _models.Write("m/1/cpu/int4/keep", "");
        File.Move(Path.Combine(folder, "model.onnx"), Path.Combine(folder, "cpu", "int4", "model.onnx"));
        _models.Write("m/1/serving.json", """{"task":"feature-extraction"}""");

        Assert.Contains("move cpu/int4/model.onnx", Assert.Single(Refused(folder, "There is no model.onnx").Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_VariantThatIsNotThere_SaysHowToTakeAnother()
    {
        var folder = Copy("tiny-sentence");
        File.Move(Path.Combine(folder, "model.onnx"), Path.Combine(folder, "model_fp16.onnx"));
        _models.Write("m/1/serving.json", """{"variant":"q4"}""");

        Refused(folder, """{ "variant": "fp16" }""");
    }

    [Fact]
    public void Run_DecoderInTwoFiles_SaysToTakeTheOneThatJoinsThem()
    {
        var folder = Copy("tiny-decoder");
        File.Move(Path.Combine(folder, "model.onnx"), Path.Combine(folder, "decoder_with_past_model.onnx"));
        _models.Write("m/1/decoder_model.onnx", "");

        Assert.Contains("decoder_model_merged.onnx", Assert.Single(Refused(folder, "There is no model.onnx").Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_ModelOfSeveralGraphs_SaysWhichIsServed()
    {
        var folder = Copy("tiny-decoder");
        _models.Write("m/1/genai_config.json", """{"model":{"type":"phi3v","vision":{}}}""");

        Assert.Contains("text alone", Assert.Single(Refused(folder, "phi3v").Advice), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_GoldenCaseThatDiffers_SaysWhich()
    {
        var folder = Copy("tiny-sentence");
        _models.Write("m/1/serving.json", """{"golden":[{"text":"the cat","embedding":[5]}]}""");

        Refused(folder, "Golden case 0");
    }

    [Theory]
    [InlineData("m/v1", "Rename m/v1 to m/1")]
    [InlineData("m", "move them to m/1/")]
    [InlineData("acme/m/1", "one folder too deep")]
    [InlineData("my model/1", "is not allowed")]
    public void Run_FolderInTheWrongPlace_SaysTheRightOne(string place, string reason)
    {
        var from = Copy("tiny-sentence");
        var to = Path.Combine(_models.Path, "models", place);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        Directory.Move(from, to);

        var report = Refused(to, reason);

        Assert.Equal("feature-extraction", report.Task);
    }

    [Fact]
    public void Run_LinksThatLeadElsewhere_SaysToCopyThem()
    {
        var folder = Copy("tiny-sentence");
        var elsewhere = Directory.CreateDirectory(Path.Combine(_models.Path, "..", $"{Path.GetFileName(_models.Path)}-elsewhere")).FullName;
        File.Move(Path.Combine(folder, "config.json"), Path.Combine(elsewhere, "config.json"));
        File.CreateSymbolicLink(Path.Combine(folder, "config.json"), Path.Combine(elsewhere, "config.json"));

        var report = Refused(folder, "leads out of the models folder");

        Assert.Contains("cp -rL", Assert.Single(report.Advice), StringComparison.Ordinal);
        Directory.Delete(elsewhere, recursive: true);
    }

    private string Copy(string small) => _models.CopySmall(small, "m");

    private CheckReport Refused(string folder, string reason = "")
    {
        var report = host.Run(folder);
        Assert.False(report.IsServed);
        Assert.Contains(reason, report.Reason, StringComparison.Ordinal);
        return report;
    }
}
