using ModelServer.Check;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Check;

public sealed class ServedModelsTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Run_Classifier_TellsLabelsGraphAndGoldenCases()
    {
        var report = host.Run(Path.Combine(RepositoryPaths.Models, "sentiment", "1"));

        Assert.True(report.IsServed, report.Reason);
        Assert.Equal("text-classification", report.Task);
        Assert.Equal(["negative", "positive"], report.Labels);
        Assert.Equal(("model.onnx", "fp32"), (report.Graph, report.Variant));
        Assert.Equal(["input_ids", "attention_mask"], report.Inputs.Select(i => i.Name));
        Assert.Equal(("int64", "batch"), (report.Inputs[0].Type, report.Inputs[0].Shape[0]));
        Assert.Equal(("logits", "float", "2"), (report.Outputs[0].Name, report.Outputs[0].Type, report.Outputs[0].Shape[1]));
        Assert.StartsWith("WordPiece", report.Tokenizer, StringComparison.Ordinal);
        Assert.True(report.GoldenCases > 0);
        Assert.InRange(report.MemoryBytes!.Value, 10 << 20, 100 << 20);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public void Run_Embedder_TellsHowItPools()
    {
        var report = host.Run(SmallModels.Folder("tiny-embedding"));

        Assert.True(report.IsServed, report.Reason);
        Assert.Equal("feature-extraction", report.Task);
        Assert.NotNull(report.Pooling);
        Assert.True(report.IsNormalized);
        Assert.Equal(16, report.Dimensions);
    }

    [Fact]
    public void Run_Generator_CountsItsCache()
    {
        var report = host.Run(SmallModels.Folder("tiny-decoder-shared"));

        Assert.True(report.IsServed, report.Reason);
        Assert.Equal("text-generation", report.Task);
        Assert.False(report.HasChat);
        Assert.Equal(64, report.MaxTokens);
        Assert.True(report.MemoryBytes > report.GraphBytes * 2.5);
    }

    [Fact]
    public void Run_OneVariantAlone_SaysWhichWasTaken()
    {
        var folder = _models.CopySmall("tiny-sentence", "m");
        Directory.CreateDirectory(Path.Combine(folder, "onnx"));
        File.Move(Path.Combine(folder, "model.onnx"), Path.Combine(folder, "onnx", "model_fp16.onnx"));

        var report = host.Run(folder);

        Assert.True(report.IsServed, report.Reason);
        Assert.Equal(("onnx/model_fp16.onnx", "fp16"), (report.Graph, report.Variant));
        Assert.Contains(report.Warnings, w => w.Contains("model_fp16.onnx is served", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_GeneratorWithAChatTemplate_ShowsWhatItMakes()
    {
        var folder = _models.CopySmall("tiny-decoder", "talker");
        var template = Path.Combine(folder, "chat_template.jinja");
        File.WriteAllText(template, "{% for m in messages %}{{ m.role }}: {{ m.content }}\n\u001b{% endfor %}");
        var plain = host.Run(folder);
        File.WriteAllText(template, "{{ tools | tojson if tools else 'x' * 5000 }}{{ messages[1].tool_calls[0].function.arguments.city if tools }}");
        var tools = host.Run(folder);
        File.WriteAllText(template, "{{ raise_exception('Never!') }}");

        Assert.Equal("""system: You are helpful.\n\u001buser: Hello!\n\u001bassistant: Hi.\n\u001buser: How are you?\n\u001b""", plain.ChatExample);
        Assert.Null(plain.ToolExample);
        Assert.EndsWith("xxx… (5000 characters)", tools.ChatExample, StringComparison.Ordinal);
        Assert.StartsWith("""[{"type": "function", "function": {"name": "get_weather",""", tools.ToolExample, StringComparison.Ordinal);
        Assert.EndsWith("Paris", tools.ToolExample, StringComparison.Ordinal);
        Assert.EndsWith("refuses the conversation: Never!", host.Run(folder).ChatExample, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NameOfAModel_TakesItsHighestVersion()
    {
        _models.CopySmall("tiny-tokenizer", "tok");
        Directory.Move(Path.Combine(_models.Path, "tok", "1"), Path.Combine(_models.Path, "tok", "9"));
        _models.CopySmall("tiny-sentence", "tok");
        Directory.Move(Path.Combine(_models.Path, "tok", "1"), Path.Combine(_models.Path, "tok", "10"));

        var report = host.Run(Path.Combine(_models.Path, "tok"));

        Assert.True(report.IsServed, report.Reason);
        Assert.EndsWith("10", report.Folder, StringComparison.Ordinal);
        Assert.Equal("feature-extraction", report.Task);
    }

    [Fact]
    public void Run_BareExport_IsServedOnceItIsPlaced()
    {
        var folder = Path.Combine(_models.Path, "my export");
        Directory.Move(_models.CopySmall("tiny-sentence", "x"), folder);

        var report = host.Run(folder);

        Assert.True(report.IsServed, report.Reason);
        Assert.Contains("models/my-export/1/", Assert.Single(report.Warnings, w => w.StartsWith("Copy", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models--acme--tiny")]
    [InlineData("models--acme--tiny/snapshots/0123456789012345678901234567890123456789")]
    public void Run_SnapshotInTheHubsCache_FollowsItsLinks(string asked)
    {
        const string Snapshot = "models--acme--tiny/snapshots/0123456789012345678901234567890123456789";
        _models.Write("models--acme--tiny/refs/main", "0123456789012345678901234567890123456789");
        foreach (var file in Directory.GetFiles(SmallModels.Folder("tiny-sentence")))
        {
            var blob = Path.Combine(_models.Path, "models--acme--tiny", "blobs", $"b{Path.GetFileName(file)}");
            Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
            File.Copy(file, blob);
            var link = Path.Combine(_models.Path, Snapshot, Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, Path.Combine("..", "..", "blobs", Path.GetFileName(blob)));
        }

        var report = host.Run(Path.Combine(_models.Path, asked));

        Assert.True(report.IsServed, report.Reason);
        Assert.Contains(report.Warnings, w => w.Contains("cp -rL", StringComparison.Ordinal) && w.EndsWith("models/tiny/1", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_Generator_PutsItsLayersOnOneLine()
    {
        var output = new StringWriter();

        CheckText.Write(host.Run(SmallModels.Folder("tiny-decoder-shared")), output);

        var lines = output.ToString().Split(Environment.NewLine);
        Assert.EndsWith("served as text-generation", lines[0], StringComparison.Ordinal);
        Assert.Single(lines, l => l.StartsWith("  input          past_key_values.N.key float", StringComparison.Ordinal) && l.Contains(" × ", StringComparison.Ordinal));
        Assert.All(lines[1..^1], l => Assert.Equal(' ', l[16]));
        Assert.All(lines[1..^1], l => Assert.NotEqual(' ', l[17]));
    }

    [Fact]
    public async Task Program_Check_AnswersJsonAloneAndTheExitCode()
    {
        var (exitCode, output) = await CheckProcess.RunAsync(SmallModels.Folder("tiny-sentence"), "--json");

        Assert.Equal(0, exitCode);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("is_served").GetBoolean());
        Assert.Equal("feature-extraction", json.RootElement.GetProperty("task").GetString());
    }

    [Fact]
    public async Task Program_CheckOfNoModel_Ends1()
    {
        var (exitCode, output) = await CheckProcess.RunAsync(_models.Path);

        Assert.Equal(1, exitCode);
        Assert.Contains("not served", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    [InlineData("no-such-folder")]
    [InlineData("a", "b")]
    public void Run_WrongArguments_AreUsage(params string[] args)
    {
        var error = new StringWriter();

        Assert.Equal(2, CheckCommand.Run(args, host.Check, TextWriter.Null, error));

        Assert.NotEmpty(error.ToString());
    }
}
