using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Tests.Models;

public class ModelCatalogTests
{
    private const string Task = ModelTask.TextClassification;

    [Fact]
    public void Find_BareName_IsTheHighestReadyVersion()
    {
        var catalog = Catalog(Ready("a", "2"), Ready("a", "10"), Failed("a", "11"));

        Assert.Equal("10", catalog.Find("a", Task).Version);
        Assert.Equal("2", catalog.Find("a:2", Task).Version);
    }

    [Fact]
    public void Find_Unknown_IsNotFound()
    {
        var catalog = Catalog(Ready("a", "1"));

        Assert.Throws<ModelNotFoundException>(() => catalog.Find("b", Task));
        Assert.Throws<ModelNotFoundException>(() => catalog.Find("a:2", Task));
        Assert.Throws<ModelNotFoundException>(() => catalog.Find("../a", Task));
    }

    [Fact]
    public void Find_LoadingOrFailed_IsNotReady()
    {
        var catalog = Catalog(Loading("a", "1"), Failed("b", "1"));

        Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Task));
        Assert.Throws<ModelNotReadyException>(() => catalog.Find("b", Task));
        Assert.Throws<ModelNotReadyException>(() => catalog.Find(null, Task));
    }

    [Fact]
    public void Find_NoName_TakesTheOnlyModelOfTheTask()
        => Assert.Equal("a", Catalog(Ready("a", "1"), Ready("e", "1", ModelTask.Embedding)).Find(null, Task).Name);

    [Fact]
    public void Find_NoNameAndSeveralModels_AsksForOne()
        => Assert.Contains("a, b", Assert.Throws<ModelChoiceException>(() => Catalog(Ready("a", "1"), Ready("b", "1")).Find(null, Task)).Message, StringComparison.Ordinal);

    [Fact]
    public void Find_NoNameAndAConfiguredDefault_TakesIt()
    {
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions { Defaults = { [Task] = "b" } }));
        catalog.Publish([Ready("a", "1"), Ready("b", "1")]);

        Assert.Equal("b", catalog.Find(null, Task).Name);
    }

    [Fact]
    public void Find_OtherTask_IsRefused()
        => Assert.Throws<ModelChoiceException>(() => Catalog(Ready("e", "1", ModelTask.Embedding)).Find("e", Task));

    [Fact]
    public void IsReady_Versions_AsTheContractSays()
    {
        Assert.False(new ModelCatalog(Options.Create(new ModelsOptions())).IsReady);
        Assert.False(Catalog().IsReady);
        Assert.False(Catalog(Failed("a", "1")).IsReady);
        Assert.False(Catalog(Ready("a", "1"), Loading("b", "1")).IsReady);
        Assert.True(Catalog(Ready("a", "1"), Failed("b", "1")).IsReady);
    }

    private static ModelCatalog Catalog(params ModelVersion[] versions)
    {
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions()));
        catalog.Publish(versions);
        return catalog;
    }

    private static ModelVersion Loading(string name, string version) => new(name, version, DateTimeOffset.UnixEpoch);

    private static ModelVersion Failed(string name, string version)
    {
        var model = Loading(name, version);
        model.Fail("broken");
        return model;
    }

    private static ModelVersion Ready(string name, string version, string task = Task)
    {
        var model = Loading(name, version);
        // The catalog reads the task alone; what serves is tested with real models.
        model.BecomeReady(new LoadedModel(task, "fp32", [], false, 16, null!, null!, null!, null!));
        return model;
    }
}
