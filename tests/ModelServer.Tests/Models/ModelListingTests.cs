using System.Security.Claims;
using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Tests.Models;

public sealed class ModelListingTests
{
    private static readonly ClaimsPrincipal Anyone = new(new ClaimsIdentity([], "test"));

    [Fact]
    public void Version_LoadedWithAWarning_IsListedWithIt()
    {
        var catalog = new ModelCatalog(Options.Create(new ModelsOptions()));
        var (warned, loading) = (new ModelVersion("a", "2", default), new ModelVersion("a", "1", default));
        var model = new FakeModel("feature-extraction");
        model.Source.Warn("The pooling is not told.");
        catalog.Publish([warned, loading]);
        catalog.BecomeReady(warned, model);

        var listed = Assert.Single(ModelListing.Of(catalog, Anyone)).Versions;

        Assert.Equal(["The pooling is not told."], listed[0].Warnings!);
        Assert.Empty(listed[1].Warnings!);
    }
}
