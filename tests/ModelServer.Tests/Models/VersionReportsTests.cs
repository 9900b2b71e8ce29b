using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using ModelServer.Runtime;
using Testing;

namespace ModelServer.Tests.Models;

public class VersionReportsTests
{
    /// <summary>One that was looked for while its folder was exchanged was said not to fit, for half a minute.</summary>
    [Fact]
    public async Task Of_FolderThatComesBack_FitsASecondLater()
    {
        await using var models = new FollowedModels("1", "2");
        await models.StartAsync();
        models.Rollouts.Unload(FollowedModels.Model, "1");
        await models.ComesToAsync("1", ModelState.Unloaded);
        var services = models.Host.Services;
        var clock = new ManualTimeProvider();
        var reports = new VersionReports(models.Catalog, services.GetRequiredService<VersionLoader>(), services.GetRequiredService<LoadMemory>(), clock);
        var (folder, away) = (Path.Combine(models.Folder.Path, FollowedModels.Model, "1"), models.Folder.Path + "-away");
        Directory.Move(folder, away);
        Assert.False(Fits(reports));

        Directory.Move(away, folder);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(Fits(reports));
    }

    private static bool Fits(VersionReports reports) => reports.Of(new ClaimsPrincipal()).Single(r => r.Version == "1").Fits;
}
