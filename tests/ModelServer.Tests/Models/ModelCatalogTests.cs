using System.Security.Claims;
using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.Classify;
using ModelServer.Embed;
using ModelServer.Models;

namespace ModelServer.Tests.Models;

public class ModelCatalogTests
{
    private const string Classification = ClassificationTask.Id;
    private static readonly ClaimsPrincipal Anyone = new();

    [Fact]
    public void Find_BareName_IsTheHighestReadyVersion()
    {
        var catalog = Catalog(Ready("a", "2"), Ready("a", "10"), Failed("a", "11"));

        Assert.Equal("10", catalog.Find("a", Classification, Anyone).Version);
        Assert.Equal("2", catalog.Find("a:2", Classification, Anyone).Version);
    }

    [Fact]
    public void Drain_ActiveVersionInUse_MovesTheBareNameAndRefusesTheVersion()
    {
        var (old, next) = (Ready("a", "1"), Ready("a", "2"));
        var catalog = Catalog(old, next);
        using var lease = catalog.Acquire<LoadedModel>("a", Classification, new ClaimsPrincipal());

        var drained = catalog.Drain(next);

        Assert.Equal("1", catalog.Find("a", Classification, Anyone).Version);
        Assert.Contains("deprecated", Assert.Throws<ModelNotReadyException>(() => catalog.Acquire<LoadedModel>("a:2", Classification, new ClaimsPrincipal())).Message, StringComparison.Ordinal);
        Assert.Equal(ModelState.Deprecated, next.State);
        Assert.NotNull(lease.Version.Loaded);
        Assert.False(drained.IsCompleted);
    }

    [Theory]
    [InlineData(null, typeof(ModelChoiceException))]
    [InlineData("a", typeof(ModelNotFoundException))]
    [InlineData("a:1", typeof(ModelNotFoundException))]
    public void Acquire_TokenForAnotherModel_IsRefusedAndHoldsNoLease(string? reference, Type refusal)
    {
        var version = Ready("a", "1");
        var catalog = Catalog(version);
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("models", "other")]));

        Assert.Throws(refusal, () => catalog.Acquire<LoadedModel>(reference, Classification, user));

        Assert.Equal(0, version.Leases);
    }

    [Fact]
    public void Find_DefaultOfATask_FollowsWhatIsReady()
    {
        var (first, second) = (Ready("a", "1"), Ready("b", "1"));
        var catalog = Catalog(first, second);
        Assert.Throws<ModelChoiceException>(() => catalog.Find(null, Classification, Anyone));
        Assert.False(catalog.HasDefault(Classification));

        catalog.Drain(second);
        Assert.Same(first, catalog.Find(null, Classification, Anyone));
        Assert.True(catalog.HasDefault(Classification));

        catalog.Break(first, "it failed");
        Assert.False(catalog.HasDefault(Classification));
        Assert.False(catalog.AnyReady);
    }

    [Fact]
    public async Task Acquire_WhileVersionsComeAndGo_AlwaysFindsOne()
    {
        const int switches = 1000;
        var catalog = Catalog(Ready("a", "1"));
        using var stop = new CancellationTokenSource();
        using var started = new CountdownEvent(2);
        var callers = Enumerable.Range(0, 2).Select(i => Task.Factory.StartNew(
            () =>
            {
                catalog.Acquire<LoadedModel>("a", Classification, new ClaimsPrincipal()).Dispose();
                started.Signal();
                while (!stop.IsCancellationRequested) catalog.Acquire<LoadedModel>(i == 0 ? null : "a", Classification, new ClaimsPrincipal()).Dispose();
            },
            TaskCreationOptions.LongRunning)).ToArray();
        started.Wait();

        for (var i = 1; i <= switches; i++)
        {
            var (old, next) = (catalog.Active("a")!, Loading("a", i % 2 == 0 ? "1" : "2"));
            catalog.Put(next);
            catalog.BecomeReady(next, Model());
            await catalog.Drain(old);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
    }

    [Fact]
    public void TryRevive_DrainingVersion_AnswersAgain()
    {
        var version = Ready("a", "1");
        var catalog = Catalog(version);
        using var lease = catalog.Acquire<LoadedModel>("a", Classification, new ClaimsPrincipal());
        var drained = catalog.Drain(version);

        Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Classification, Anyone));
        Assert.True(catalog.TryRevive(version));
        Assert.Equal("1", catalog.Find("a", Classification, Anyone).Version);
        Assert.True(drained.IsCompleted);
    }

    [Fact]
    public void Put_NewLoadOfAVersion_TakesItsPlace()
    {
        var catalog = Catalog(Failed("a", "1"), Ready("b", "1"));

        catalog.Put(Ready("a", "1"));

        Assert.Equal(["a:1", "b:1"], catalog.Versions.Select(v => v.Reference));
        Assert.Equal(ModelState.Ready, catalog.Get("a", "1")!.State);
    }

    [Fact]
    public void Find_Unknown_IsNotFound()
    {
        var catalog = Catalog(Ready("a", "1"));

        Assert.Throws<ModelNotFoundException>(() => catalog.Find("b", Classification, Anyone));
        Assert.Throws<ModelNotFoundException>(() => catalog.Find("a:2", Classification, Anyone));
        Assert.Throws<ModelNotFoundException>(() => catalog.Find("../a", Classification, Anyone));
    }

    [Fact]
    public void Find_LoadingOrFailed_IsNotReady()
    {
        var catalog = Catalog(Loading("a", "1"), Failed("b", "1"));

        Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Classification, Anyone));
        Assert.Throws<ModelNotReadyException>(() => catalog.Find("b", Classification, Anyone));
        Assert.Throws<ModelNotReadyException>(() => catalog.Find(null, Classification, Anyone));
    }

    [Fact]
    public void Find_Failed_SaysWhy()
    {
        var failed = new ModelVersion("b", "1", default);
        failed.Fail("There is no tokenizer.");

        foreach (var reference in new[] { "b", "b:1" })
            Assert.Equal("The model 'b:1' is not ready: There is no tokenizer.", Assert.Throws<ModelNotReadyException>(() => Catalog(failed).Find(reference, Classification, Anyone)).Message);
    }

    /// <summary>Asking for it told a token for other models that there is such a model.</summary>
    [Fact]
    public void Find_FailedVersionOutsideTheTokensList_DoesNotExist()
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("models", "a:1")]));
        var catalog = Catalog(Failed("a", "2"), Loading("a", "1"), Failed("b", "1"));

        Assert.Throws<ModelNotFoundException>(() => catalog.Find("b", Classification, user));
        Assert.Throws<ModelNotFoundException>(() => catalog.Find("a:2", Classification, user));
        Assert.Contains("'a:1' is being loaded", Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Classification, user)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Publish_VersionThatIsNoNumber_ComesLast()
    {
        var catalog = Catalog(Failed("a", "v3"), Ready("a", "1"), Ready("a", "2"));

        Assert.Equal(["2", "1", "v3"], catalog.Versions.Select(v => v.Version));
    }

    [Fact]
    public void Find_NoName_TakesTheOnlyModelOfTheTask()
        => Assert.Equal("a", Catalog(Ready("a", "1"), Ready("e", "1", EmbeddingTask.Id)).Find(null, Classification, Anyone).Name);

    [Fact]
    public void Find_NoNameAndSeveralModels_AsksForOne()
        => Assert.Contains("a, b", Assert.Throws<ModelChoiceException>(() => Catalog(Ready("a", "1"), Ready("b", "1")).Find(null, Classification, Anyone)).Message, StringComparison.Ordinal);

    [Fact]
    public void Find_NoNameAndAConfiguredDefault_TakesIt()
    {
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions { Defaults = { [Classification] = "b" } }));
        catalog.Publish([Ready("a", "1"), Ready("b", "1")]);

        Assert.Equal("b", catalog.Find(null, Classification, Anyone).Name);
    }

    [Fact]
    public void Find_OtherTask_IsRefused()
        => Assert.Throws<ModelChoiceException>(() => Catalog(Ready("e", "1", EmbeddingTask.Id)).Find("e", Classification, Anyone));

    [Fact]
    public void IsReady_Versions_AsTheContractSays()
    {
        foreach (var when in Enum.GetValues<ReadyWhen>())
        {
            Assert.False(new ModelCatalog(Options.Create(new ModelsOptions { ReadyWhen = when })).IsReady);
            Assert.False(Catalog(when).IsReady);
            Assert.False(Catalog(when, Failed("a", "1")).IsReady);
            Assert.False(Catalog(when, Loading("a", "1")).IsReady);
            Assert.Equal(when == ReadyWhen.Any, Catalog(when, Ready("a", "1"), Loading("b", "1")).IsReady);
            Assert.True(Catalog(when, Ready("a", "1"), Failed("b", "1")).IsReady);
        }
    }

    [Fact]
    public void HasDefault_OneReadyOrTheConfigured_AndNoOther()
    {
        Assert.True(Catalog(Ready("a", "1"), Loading("b", "1")).HasDefault(Classification));
        Assert.False(Catalog(Ready("a", "1"), Ready("b", "1")).HasDefault(Classification));
        Assert.False(Catalog(Ready("a", "1")).HasDefault(EmbeddingTask.Id));
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions { Defaults = { [Classification] = "b" } }));
        catalog.Publish([Ready("a", "1"), Loading("b", "1")]);
        Assert.False(catalog.HasDefault(Classification));
        catalog.BecomeReady(catalog.Get("b", "1")!, Model());
        Assert.True(catalog.HasDefault(Classification));
    }

    [Fact]
    public void IsReady_LoadAfterStart_StaysTrue()
    {
        var catalog = Catalog(ReadyWhen.All, Ready("a", "1"), Failed("a", "2"));

        catalog.Put(Loading("a", "2"));

        Assert.True(catalog.IsReady);
    }

    private static ModelCatalog Catalog(params ModelVersion[] versions) => Catalog(ReadyWhen.Any, versions);

    private static ModelCatalog Catalog(ReadyWhen when, params ModelVersion[] versions)
    {
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions { ReadyWhen = when }));
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

    private static ModelVersion Ready(string name, string version, string task = Classification)
    {
        var model = Loading(name, version);
        model.BecomeReady(Model(task));
        return model;
    }

    /// <summary>The catalog reads the task alone; what serves is tested with real models.</summary>
    private static LoadedModel Model(string task = Classification) => new FakeModel(task);
}
