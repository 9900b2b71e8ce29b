using System.Text.Json;
using ModelServer.Check;
using ModelServer.Encoders;
using ModelServer.FillMask;
using ModelServer.ModelFiles;
using ModelServer.Tests.Check;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.FillMask;

public sealed class FillMaskModelTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private const string Text = "the [MASK] is cold";
    private static readonly JsonElement Best = SmallModels.Expected("tiny-mask")[0].GetProperty("masks")[0][0];
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Load_Export_IsRecognised()
    {
        var report = host.Run(SmallModels.Folder("tiny-mask"));

        Assert.True(report.IsServed, report.Reason);
        Assert.Equal(("fill-mask", 143), (report.Task, report.VocabularySize));
    }

    [Fact]
    public void Load_TokenizerWithoutMask_IsRefused()
    {
        var folder = _models.CopySmall("tiny-mask", "m");
        foreach (var file in new[] { "tokenizer.json", "tokenizer_config.json" })
            File.WriteAllText(Path.Combine(folder, file), File.ReadAllText(Path.Combine(folder, file)).Replace("[MASK]", "[MUSK]", StringComparison.Ordinal).Replace("mask_token", "other_token", StringComparison.Ordinal));

        Assert.Contains("no mask token", host.Run(folder).Reason, StringComparison.Ordinal);
    }

    /// <summary>As an export for features leaves a masked language model.</summary>
    [Fact]
    public void Load_GraphWithoutHead_SaysWhatItIs()
    {
        var folder = _models.CopySmall("tiny-mask", "m");
        File.Copy(Path.Combine(SmallModels.Folder("tiny-embedding"), "model.onnx"), Path.Combine(folder, "model.onnx"), overwrite: true);

        Assert.Contains("feature-extraction", host.Run(folder).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GoldenCase_IsATokenOfTheFirstMask()
    {
        using var model = Model();
        var (label, score) = (model.Tokenizer.IdToToken(Best.GetProperty("id").GetInt32()), Best.GetProperty("score").GetDouble());

        Assert.True(Golden("right", new { text = Text, label, score }).IsServed);
        Assert.StartsWith("Golden case 0 scores", Golden("off", new { text = Text, label, score = score + 0.01 }).Reason, StringComparison.Ordinal);
        Assert.EndsWith(" has no [MASK].", Golden("none", new { text = "cold", label, score }).Reason, StringComparison.Ordinal);
        Assert.Contains("no token of the model", Golden("unknown", new { text = Text, label = "\U0001f600", score }).Reason, StringComparison.Ordinal);
        Assert.Contains("not one of fill-mask", Golden("other", new { text = Text, continuation = "a" }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_GoesByTheBestTokenOfEachMask()
    {
        using var model = Model();
        ReadOnlyMemory<float>[] row = [new float[] { 2, 7, 0.5f, 8, 0.25f, 9, 0.75f, 8, 0.25f }];

        Assert.Equal(new(true, 0), model.Compare(row, model, row, 0.99));
        Assert.Equal(new(false, 0.375), model.Compare(row, model, [new float[] { 2, 7, 0.5f, 8, 0.25f, 10, 0.75f, 8, 0.25f }], 0.99));
        Assert.Equal(new(false, 1), model.Compare(row, model, [new float[] { 1, 7, 0.5f, 8, 0.25f }], 0.99));
    }

    /// <summary>Whatever is asked for, a row is small, and of equals the first counts.</summary>
    [Fact]
    public void Read_Row_HoldsTheBestOrThoseAskedFor()
    {
        var reader = new MaskReader(4);
        var logits = new float[3 * 500];
        for (var i = 0; i < 500; i++) (logits[i], logits[1000 + i]) = (1000, i == 3 ? 5 : i == 499 ? 9 : float.NegativeInfinity);

        var best = reader.Read(new(logits, 3, isPerToken: true) { Ids = [1, 2, 4] });
        var asked = reader.Read(new(logits, 3, isPerToken: true) { Ids = [4, 2, 1], Asked = [5, 600] });
        var none = reader.Read(new(logits, 3, isPerToken: true) { Ids = [1, 2, 3] });

        Assert.Equal((500, 1, 201), (reader.Width, MaskRow.Masks(best), best.Length));
        Assert.Equal([499, 3, 0, 1, 2, 4], MaskRow.Candidates(best, 0).Take(6).Select(c => c.Id));
        Assert.Equal(1, MaskRow.Candidates(best, 0).Sum(c => c.Score), 1e-5);
        Assert.Equal([(5, 1 / 500f), (600, 0)], MaskRow.Candidates(asked, 0));
        Assert.Equal([0], none);
        Assert.Throws<InvalidOperationException>(() => reader.Read(new([float.NaN, 1], 1, isPerToken: true) { Ids = [4] }));
    }

    private CheckReport Golden(string name, object golden)
    {
        var folder = _models.CopySmall("tiny-mask", name);
        File.WriteAllText(Path.Combine(folder, "serving.json"), JsonSerializer.Serialize(new { golden = new[] { golden } }));
        return host.Run(folder);
    }

    private static FillMaskModel Model()
    {
        var source = ModelSource.Read(new ModelFolder(SmallModels.Root, "tiny-mask", "1"));
        var engine = new EncoderEngine(new(1, 1, TimeProvider.System), Encoders.BatchQueues.Queue(new(), TimeProvider.System), loop: null) { Width = 1 };
        return new(source, MaskToken.Of(source.Tokenizer), 143, engine);
    }
}
