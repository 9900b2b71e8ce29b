using Gateway.Tests.Hosting;
using Microsoft.Playwright;
using Testing;

namespace Gateway.Tests.ApiDocs;

/// <summary>The documentation page in a real browser, under its own content policy.</summary>
public sealed class DocsPageTests
{
    private const string Chromium = "/usr/bin/chromium";

    [NeedsFact(Need.Chromium)]
    public async Task Example_Tried_IsRefused_AndRunsOnceTheTokenIsPasted()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        await page.GotoAsync(new Uri(gateway.Address, "/docs").ToString());
        var predict = page.Locator(".opblock", new() { Has = page.Locator("[data-path='/predict']") });
        await predict.Locator(".opblock-summary-control").ClickAsync();
        var status = predict.Locator(".live-responses-table tbody .response-col_status").First;

        await predict.Locator("button.execute").ClickAsync();
        await Assertions.Expect(status).ToContainTextAsync("401");
        await page.Locator(".scheme-container button.authorize").ClickAsync();
        await page.Locator(".auth-container input").FillAsync(TestTokens.Create());
        await page.Locator(".auth-container button.authorize").ClickAsync();
        await page.Locator(".auth-container button.btn-done").ClickAsync();
        await predict.Locator("button.execute").ClickAsync();

        await Assertions.Expect(status).ToContainTextAsync("200");
        Assert.Equal("/predict", Assert.Single(gateway.Replica.Seen).Path);
    }
}
