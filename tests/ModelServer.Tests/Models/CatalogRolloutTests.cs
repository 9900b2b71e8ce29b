using System.Security.Claims;
using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.Classify;
using ModelServer.Models;
using ServiceDefaults.Rollouts;

namespace ModelServer.Tests.Models;

/// <summary>What a name means while a document tells of it.</summary>
public class CatalogRolloutTests
{
    private const string Classification = ClassificationTask.Id;
    private static readonly ClaimsPrincipal Anyone = Caller("anyone");
    private static readonly Rollout Document = new("a", 1);

    [Fact]
    public void Obey_LowerVersion_IsWhatTheBareNameMeans()
    {
        var catalog = Catalog(Ready("a", "1"), Ready("a", "2"));

        catalog.Obey(Document.Activated("1"));

        Assert.Equal("1", catalog.Find("a", Classification, Anyone).Version);
        Assert.Equal("1", catalog.Find(null, Classification, Anyone).Version);
        Assert.Equal("1", catalog.Active("a")!.Version);
        Assert.Equal("2", catalog.Find("a:2", Classification, Anyone).Version);
    }

    /// <summary>Another version would answer what nobody asked for, and gateways would not ask a server that can.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Obey_VersionThatIsNotReady_NothingAnswersButByNumber(bool isListed)
    {
        var catalog = isListed ? Catalog(Ready("a", "1"), Loading("a", "2")) : Catalog(Ready("a", "1"));

        catalog.Obey(Document.Activated("2"));

        Assert.Contains("'a:2'", Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Classification, Anyone)).Message, StringComparison.Ordinal);
        Assert.Throws<ModelNotReadyException>(() => catalog.Find(null, Classification, Anyone));
        Assert.Null(catalog.Active("a"));
        Assert.False(catalog.HasDefault(Classification));
        Assert.True(catalog.AnyReady);
        Assert.Equal("1", catalog.Find("a:1", Classification, Anyone).Version);
    }

    [Fact]
    public void BecomeReady_VersionThatTheDocumentWaitsFor_AnswersFromThenOn()
    {
        var (old, next) = (Ready("a", "1"), Loading("a", "2"));
        var catalog = Catalog(old, next);
        catalog.Obey(Document.Activated("2"));

        catalog.BecomeReady(next, new FakeModel(Classification));
        Assert.Same(next, catalog.Find("a", Classification, Anyone));

        catalog.Break(next, "It failed.");
        Assert.Contains("It failed.", Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Classification, Anyone)).Message, StringComparison.Ordinal);
        Assert.Null(catalog.Active("a"));
    }

    [Fact]
    public void Obey_NothingActive_AnswersNobody()
    {
        var catalog = Catalog(Ready("a", "1"), Ready("b", "1"));

        catalog.Obey(Document);

        Assert.Contains("No version", Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Classification, Anyone)).Message, StringComparison.Ordinal);
        Assert.Equal("b", catalog.Find(null, Classification, Anyone).Name);
    }

    [Fact]
    public void Obey_DocumentsOutOfOrder_TheLatestRevisionStays()
    {
        var catalog = Catalog(Ready("a", "1"), Ready("a", "2"));
        var first = Document.Activated("1");
        var second = (first with { Revision = 2 }).Activated("2");

        catalog.Obey(second);
        catalog.Obey(first);

        Assert.Equal("2", catalog.Active("a")!.Version);
        Assert.Equal(2, catalog.Document("a")!.Revision);
    }

    [Fact]
    public void Obey_BeforeAnythingIsFound_CountsFromTheStart()
    {
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions()));
        catalog.Obey(Document.Activated("1"));
        Assert.Throws<ModelNotReadyException>(() => catalog.Find("a", Classification, Anyone));

        catalog.Publish([Ready("a", "1"), Ready("a", "2")]);

        Assert.Equal("1", catalog.Active("a")!.Version);
    }

    [Fact]
    public void Find_Canary_EachCallerStaysWithItsVersionAndTheShareIsRight()
    {
        const int callers = 2000;
        const double share = 0.1;
        var catalog = Catalog(Ready("a", "1"), Ready("a", "2"));
        var canary = Document.Activated("1").Trying("2", TrialStage.Canary, share * 100);
        catalog.Obey(canary);

        string[] first = [.. Enumerable.Range(0, callers).Select(Version)];
        catalog.Obey(canary with { Revision = 2 });
        string[] again = [.. Enumerable.Range(0, callers).Select(Version)];

        Assert.Equal(first, again);
        // The interval that holds 99 % of all draws.
        var margin = 2.576 * Math.Sqrt(callers * share * (1 - share));
        Assert.InRange(first.Count(v => v == "2"), (callers * share) - margin, (callers * share) + margin);
        Assert.All(first, v => Assert.True(v is "1" or "2"));
        Assert.All(Enumerable.Range(0, callers), i => Assert.Equal(RolloutChoice.VersionFor(canary, $"caller-{i}"), first[i]));

        string Version(int i) => catalog.Find(i % 2 == 0 ? "a" : null, Classification, Caller($"caller-{i}")).Version;
    }

    /// <summary>A gateway cannot tell whose request it is by its name alone: this server is asked for it when it can answer all callers.</summary>
    [Fact]
    public void Active_CanaryIsNotReadyHere_IsNoneAlthoughOthersAreAnswered()
    {
        var next = Loading("a", "2");
        var catalog = Catalog(Ready("a", "1"), next);
        catalog.Obey(Document.Activated("1").Trying("2", TrialStage.Canary, 50));
        ClaimsPrincipal[] callers = [.. Enumerable.Range(0, 64).Select(i => Caller($"caller-{i}"))];

        Assert.Null(catalog.Active("a"));
        var answers = callers.Select(c => Record.Exception(() => Assert.Equal("1", catalog.Find("a", Classification, c).Version))).ToArray();
        Assert.Contains(null, answers);
        Assert.All(answers.Where(e => e is not null), e => Assert.Contains("'a:2'", Assert.IsType<ModelNotReadyException>(e).Message, StringComparison.Ordinal));

        catalog.BecomeReady(next, new FakeModel(Classification));
        Assert.Equal("1", catalog.Active("a")!.Version);
    }

    [Fact]
    public void Obey_Trial_BeginsTheCountsOfItsVersionAnew()
    {
        var (old, next) = (Ready("a", "1"), Ready("a", "2"));
        var catalog = Catalog(old, next);
        old.Counter.Answered(DateTimeOffset.UnixEpoch, null);
        next.Counter.Answered(DateTimeOffset.UnixEpoch, null);

        catalog.Obey((Document with { Revision = 5 }).Activated("1").Trying("2", TrialStage.Shadow));

        Assert.Equal((0L, 1L), (old.Counter.Read()!.TrialId, old.Counter.Read()!.Requests));
        Assert.Equal((5L, 0L), (next.Counter.Read()!.TrialId, next.Counter.Read()!.Requests));
        var reload = Loading("a", "2");
        catalog.Put(reload);
        Assert.Equal(5, reload.Counter.Read()!.TrialId);
    }

    [Fact]
    public void Find_DocumentOfAModelOutsideTheTokensList_DoesNotExist()
    {
        var catalog = Catalog(Ready("a", "1"), Ready("b", "1"));
        catalog.Obey(Document.Activated("3"));
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim("models", "b")]));

        Assert.Throws<ModelNotFoundException>(() => catalog.Find("a", Classification, user));
        Assert.Equal("b", catalog.Find("b", Classification, user).Name);
    }

    [Fact]
    public void Offer_NewVersion_IsListedUnloadedAndAnsweredByNothing()
    {
        var catalog = Catalog(Ready("a", "1"));

        Assert.True(catalog.Offer(Loading("a", "2")));
        Assert.False(catalog.Offer(Loading("a", "2")));
        Assert.False(catalog.Offer(Loading("a", "1")));

        Assert.Equal(["2", "1"], catalog.Versions.Select(v => v.Version));
        Assert.Equal(ModelState.Unloaded, catalog.Get("a", "2")!.State);
        Assert.Equal("1", catalog.Active("a")!.Version);
        Assert.Contains("offered", Assert.Throws<ModelNotReadyException>(() => catalog.Find("a:2", Classification, Anyone)).Message, StringComparison.Ordinal);
    }

    private static ClaimsPrincipal Caller(string subject) => new(new ClaimsIdentity([new Claim("sub", subject)]));

    private static ModelCatalog Catalog(params ModelVersion[] versions)
    {
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions()));
        catalog.Publish(versions);
        return catalog;
    }

    private static ModelVersion Loading(string name, string version) => new(name, version, DateTimeOffset.UnixEpoch);

    private static ModelVersion Ready(string name, string version)
    {
        var model = Loading(name, version);
        model.BecomeReady(new FakeModel(Classification));
        return model;
    }
}
