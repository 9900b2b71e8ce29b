using System.Text.Json.Nodes;
using ModelServer.AnswerQuestions;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Tests.Encoders;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.AnswerQuestions;

public sealed class QuestionAnsweringModelTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Theory]
    [InlineData("train was slow and", 0.20348, null)]
    [InlineData("train was slow and", 0.3, "Golden case 0 scores 0.203482 for 'train was slow and' instead of 0.300000 (tolerance 0.0001).")]
    [InlineData("train", 0.20348, "Golden case 0 answers 'train was slow and' instead of 'train'.")]
    [InlineData("", 0.2, "serving.json: golden case 0 needs either label and score, or embedding, or continuation, or weights, or document and score, or context, answer and score.")]
    public async Task GoldenCase_OfAContext_DecidesWhetherTheVersionServes(string answer, double score, string? reason)
    {
        const string context = "the old train was slow and the road to the mountain was cold not bad";
        Write("answers", new { golden = new[] { new { text = "what was cold", context, answer, score } } });

        Assert.Equal((reason is null ? ModelState.Ready : ModelState.Error, reason), await LoadAsync());
    }

    [Fact]
    public async Task GoldenCase_OfAnotherTask_IsRefused()
    {
        Write("answers", new { golden = new[] { new { text = "what was cold", label = "cold", score = 1 } } });

        Assert.Equal((ModelState.Error, "serving.json: golden case 0 is not one of question-answering."), await LoadAsync());
    }

    [Fact]
    public async Task Graph_WithoutTheOutputs_IsRefusedByTheirName()
    {
        File.WriteAllText(Path.Combine(_models.CopySmall("tiny-multilabel", "answers"), "serving.json"), """{"task":"question-answering"}""");

        Assert.Equal((ModelState.Error, "The graph has no output 'start_logits' of 2 dimensions."), await LoadAsync());
    }

    [Fact]
    public async Task Tokenizer_ThatPadsOnTheLeft_IsRefused()
    {
        var config = Path.Combine(_models.CopySmall("tiny-answer", "answers"), "tokenizer_config.json");
        File.WriteAllText(config, """{"model_max_length":64,"padding_side":"left"}""");

        var (state, reason) = await LoadAsync();

        Assert.Equal(ModelState.Error, state);
        Assert.Contains("pads on the left", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"cls_token":"[CLS]"}""", "[CLS]")]
    [InlineData("""{"cls_token":{"content":"[SEP]"}}""", "[SEP]")]
    [InlineData("{}", "[CLS]")]
    [InlineData("""{"bos_token":"[CLS]"}""", null)]
    public void Cls_FollowsTheFilesOrTheTemplate(string config, string? token)
    {
        File.WriteAllText(Path.Combine(_models.CopySmall("tiny-answer", "answers"), "tokenizer_config.json"), config);
        using var model = new QuestionAnsweringModel(ModelSource.Read(new ModelFolder(_models.Path, "answers", "1")), Engine());

        Assert.Equal(token, model.Cls is { } id ? model.Tokenizer.IdToToken(id) : null);
    }

    [Fact]
    public void Compare_Windows_GoesByTheBestPlacesAndTheirProbabilities()
    {
        using var model = new QuestionAnsweringModel(ModelSource.Read(new ModelFolder(SmallModels.Root, "tiny-answer", "1")), Engine());

        Assert.Equal(new(true, 0), model.Compare(Rows([1, 9, 2, 3]), model, Rows([1, 9, 2, 3]), 0.99));
        Assert.Equal(new(true, 0), model.Compare(Rows([1, 9, 2, 3]), model, Rows([2, 10, 3, 4]), 0.99));
        Assert.False(model.Compare(Rows([1, 9, 2, 3]), model, Rows([1, 9, 4, 3]), 0.99).Agreed);
        Assert.Equal(0.5, model.Compare(Rows([0, 50, 0, 50]), model, Rows([50, 0, 0, 50]), 0.99).Distance, 1e-6);
        Assert.Equal(new(false, 1), model.Compare(Rows([1, 9, 2, 3]), model, Rows([1, 9, 2, 3, 4, 5]), 0.99));
    }

    [Fact]
    public void Features_AreHowSureTheModelIsOfBothPlaces()
    {
        using var model = new QuestionAnsweringModel(ModelSource.Read(new ModelFolder(SmallModels.Root, "tiny-answer", "1")), Engine());

        Assert.Equal(0.25f, model.Features([0, 0, 3, 3]).Score, 1e-6);
        Assert.Equal(1, model.Features([100, 0, 0, 100]).Score, 1e-6);
    }

    private void Write(string name, object serving)
        => File.WriteAllText(Path.Combine(_models.CopySmall("tiny-answer", name), "serving.json"), JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(serving))!.ToJsonString());

    private async Task<(ModelState State, string? Reason)> LoadAsync()
    {
        using var host = new ModelServerHost(_models.Path);
        using var client = await host.CreateReadyClientAsync();
        var version = Assert.Single(((ModelCatalog)host.Services.GetService(typeof(ModelCatalog))!).Versions);
        return (version.State, version.Reason);
    }

    private static EncoderEngine Engine() => new(new(1, 1, TimeProvider.System), BatchQueues.Queue(new(), TimeProvider.System), loop: null) { Width = 2 };

    private static ReadOnlyMemory<float>[] Rows(params float[][] rows) => Array.ConvertAll(rows, r => new ReadOnlyMemory<float>(r));
}
