using System.Text.Json;
using ModelServer.Check;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Tests.Check;
using ModelServer.Tests.Models;
using ModelServer.TokenClassify;

namespace ModelServer.Tests.TokenClassify;

public sealed class TokenClassificationModelTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Load_Export_IsRecognised()
    {
        var report = host.Run(SmallModels.Folder("tiny-tokens"));

        Assert.True(report.IsServed, report.Reason);
        Assert.Equal("token-classification", report.Task);
        Assert.Equal(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"], report.Labels);
    }

    [Fact]
    public void Load_LabelsOfServingJson_GoBeforeTheExports()
    {
        Assert.Equal(["a", "b", "c", "d", "e"], Run("""{"labels":["a","b","c","d","e"]}""").Labels);
        Assert.Equal("There are 2 labels for 5 outputs.", Run("""{"labels":["a","b"]}""", "two").Reason);
        Assert.Contains("no room", Run("""{"maxTokens":2}""", "narrow").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GoldenCase_IsAnEntity()
    {
        var expected = SmallModels.Expected("tiny-tokens").First(c => c.GetProperty("aggregation").GetString() == "simple" && c.GetProperty("text").GetString()!.Length is > 20 and < 100);
        var (text, entity) = (expected.GetProperty("text").GetString()!, expected.GetProperty("entities")[0]);
        var part = string.Concat(text.EnumerateRunes().Take(entity.GetProperty("end").GetInt32()).Skip(entity.GetProperty("start").GetInt32()));
        var (label, score) = (entity.GetProperty("label").GetString(), entity.GetProperty("score").GetDouble());

        Assert.True(Golden("right", new { text, label, entity = part, score }).IsServed);
        Assert.True(Golden("any", new { text, label, score }).IsServed);
        Assert.StartsWith("Golden case 0 scores", Golden("off", new { text, label, entity = part, score = score - 0.01 }).Reason, StringComparison.Ordinal);
        Assert.Contains("no entity 'nobody' with the label", Golden("absent", new { text, label, entity = "nobody", score }).Reason, StringComparison.Ordinal);
        Assert.Contains("not one of token-classification", Golden("other", new { text, embedding = new[] { 1 } }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_GoesByTheNamesOfTheLabels()
    {
        using var mine = Model("a", "good", "bad");
        using var theirs = Model("b", "bad", "good");

        Assert.Equal(new(true, 0), Rounded(mine.Compare(Rows([3, -3, -2, 2]), theirs, Rows([-3, 3, 2, -2]), 0.99)));
        Assert.Equal(new(false, 0.498), Rounded(mine.Compare(Rows([3, -3, 2, 2]), theirs, Rows([3, -3, 2, 2]), 0.99)));
        // Another tokenizer made one token of two that are alike.
        Assert.Equal(new(true, 0), Rounded(mine.Compare(Rows([3, -3, 3, -3]), theirs, Rows([-3, 3]), 0.99)));
        Assert.Equal(new(false, 1), mine.Compare(Rows([3, -3]), theirs, Rows([3, -3], [3, -3]), 0.99));
    }

    [Fact]
    public void Features_OfARow_AreTheMeanConfidence()
    {
        using var model = Model("a", "good", "bad");

        Assert.Equal((1 + 0.5) / 2, model.Features([20, -20, 1, 1]).Score, 1e-6);
    }

    private static RowComparison Rounded(RowComparison comparison) => comparison with { Distance = Math.Round(comparison.Distance, 3) };

    private static ReadOnlyMemory<float>[] Rows(params float[][] rows) => Array.ConvertAll(rows, r => new ReadOnlyMemory<float>(r));

    private CheckReport Golden(string name, object golden) => Run(JsonSerializer.Serialize(new { golden = new[] { golden } }), name);

    private CheckReport Run(string serving, string name = "m")
    {
        var folder = _models.CopySmall("tiny-tokens", name);
        File.WriteAllText(Path.Combine(folder, "serving.json"), serving);
        return host.Run(folder);
    }

    private TokenClassificationModel Model(string name, params string[] labels)
    {
        var folder = _models.CopySmall("tiny-tokens", name);
        File.WriteAllText(Path.Combine(folder, "serving.json"), JsonSerializer.Serialize(new { labels }));
        var engine = new EncoderEngine(new(1, 1, TimeProvider.System), Encoders.BatchQueues.Queue(new(), TimeProvider.System), loop: null) { Width = labels.Length * 64 };
        return new(ModelSource.Read(new ModelFolder(_models.Path, name, "1")), engine);
    }
}
