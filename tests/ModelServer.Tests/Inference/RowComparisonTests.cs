using ModelServer.Classify;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Rerank;
using ModelServer.SparseEmbed;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Inference;

public class RowComparisonTests
{
    [Fact]
    public void ByDirection_Vectors_AgreeByTheirAngle()
    {
        Assert.Equal(new(true, 0), RowComparison.ByDirection([1, 2], [2, 4], 0.99));
        Assert.Equal(new(false, 0.5), RowComparison.ByDirection([1, 0], [0, 1], 0.99));
        Assert.Equal(new(false, 1), RowComparison.ByDirection([1, 0], [-1, 0], 0.99));
        Assert.Equal(new(true, 0), RowComparison.ByDirection([0, 0], [0, 0], 0.99));
        Assert.Equal(new(false, 1), RowComparison.ByDirection([0, 0], [0, 1], 0.99));
        Assert.Equal(new(false, 1), RowComparison.ByDirection([1], [1, 0], 0.99));
        Assert.True(RowComparison.ByDirection([1, 0], [1, 1], 0.7).Agreed);
    }

    [Fact]
    public void OfAll_OneRowDiffers_DiffersByTheMean()
        => Assert.Equal(new(false, 0.25), RowComparison.OfAll(Rows([1, 0], [1, 0]), Rows([1, 0], [0, 1]), (a, b) => RowComparison.ByDirection(a, b, 0.99)));

    [Fact]
    public void Compare_Classifiers_GoesByTheNamesOfTheLabels()
    {
        using var models = new TemporaryModels();
        var (mine, theirs) = (Classifier(models, "a", "good", "bad"), Classifier(models, "b", "bad", "good"));

        Assert.Equal(new(true, 0), Rounded(mine.Compare(Rows([3, -3]), theirs, Rows([-3, 3]), 0.99)));
        Assert.Equal(new(false, 0.995), Rounded(mine.Compare(Rows([3, -3]), theirs, Rows([3, -3]), 0.99)));
        Assert.Equal(new(true, 0.465), Rounded(mine.Compare(Rows([3, -3]), theirs, Rows([0, 0.13f]), 0.99)));
    }

    [Fact]
    public void Compare_Rerankers_GoesByTheBestDocument()
    {
        var source = ModelSource.Read(new ModelFolder(SmallModels.Root, "tiny-rerank", "1"));
        using var model = new RerankModel(source, new RerankSettings(null, null), Engine(1));

        Assert.Equal(new(true, 0), model.Compare(Rows([1], [2]), model, Rows([1], [2]), 0.99));
        Assert.False(model.Compare(Rows([1], [2]), model, Rows([2], [1]), 0.99).Agreed);
        Assert.InRange(model.Compare(Rows([1], [2]), model, Rows([1], [20]), 0.99).Distance, 0.05, 0.06);
    }

    [Fact]
    public void Compare_SparseVectors_GoesByTheirDirection()
    {
        var source = ModelSource.Read(new ModelFolder(VectorModels.Root, "splade", "1"));
        using var model = new SparseModel(source, SparseSettings.Read(source.Folder), 64, Engine(1));

        Assert.Equal(new(true, 0), Rounded(model.Compare(Rows([9, 1, 2, 4, 1]), model, Rows([9, 1, 4, 4, 2]), 0.99)));
        Assert.Equal(new(false, 0.5), Rounded(model.Compare(Rows([9, 1, 2]), model, Rows([9, 4, 2]), 0.99)));
        Assert.Equal(new(true, 0), model.Compare(Rows([9]), model, Rows([9]), 0.99));
        Assert.Equal(new(false, 0.5), model.Compare(Rows([9]), model, Rows([9, 4, 2]), 0.99));
        Assert.Equal(new(false, 1), model.Compare(Rows([9, 4, 2]), model, Rows([8, 4, 2]), 0.99));
    }

    private static RowComparison Rounded(RowComparison comparison) => comparison with { Distance = Math.Round(comparison.Distance, 3) };

    private static ReadOnlyMemory<float>[] Rows(params float[][] rows) => Array.ConvertAll(rows, r => new ReadOnlyMemory<float>(r));

    private static ClassificationModel Classifier(TemporaryModels models, string name, string first, string second)
    {
        var folder = models.CopySmall("tiny-multilabel", name);
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""{"architectures":["BertForSequenceClassification"],"vocab_size":143,"max_position_embeddings":64,"id2label":{"0":"{{first}}","1":"{{second}}"} }""");
        return new(ModelSource.Read(new ModelFolder(models.Path, name, "1")), Engine(2));
    }

    private static EncoderEngine Engine(int width) => new(new(1, 1, TimeProvider.System), Encoders.BatchQueues.Queue(new(), TimeProvider.System), loop: null) { Width = width };
}
