using Microsoft.Playwright;
using Testing;

namespace StandIns.Tests.Aspire;

/// <summary>The real dashboard in a real browser.</summary>
public class DashboardTests
{
    [NeedsFact(Need.Chromium)]
    public async Task Dashboard_AfterLogin_ListsResourcesAndStopsOne()
    {
        using var host = new AppHostProcess();
        var login = (await host.WaitForOutputAsync(HostProcessTests.Login)).Groups[1].Value;
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1600, Height = 900 } });
        page.SetDefaultTimeout(30_000);

        await page.GotoAsync(login);

        foreach (var name in new[] { "cache", "one", "front" }) await Assertions.Expect(Row(name)).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Assertions.Expect(Row("front")).ToContainTextAsync("Running", new() { Timeout = 30_000 });
        await Row("front").GetByTitle("Stop").First.ClickAsync();
        await Assertions.Expect(Row("front")).ToContainTextAsync("Finished", new() { Timeout = 15_000 });
        await Eventually.TrueAsync(() => host.Survivors().Count(HostProcessTests.IsService) == 1, TimeSpan.FromSeconds(5));
        await page.GetByRole(AriaRole.Tab, new() { Name = "Parameters" }).ClickAsync();
        await Assertions.Expect(Row("signing-key")).ToBeVisibleAsync();
        host.Terminate();
        await host.WaitForExitAsync(TimeSpan.FromSeconds(10));

        ILocator Row(string name) => page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByText(name, new() { Exact = true }) }).First;
    }
}
