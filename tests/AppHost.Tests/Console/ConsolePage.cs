using System.Collections.Concurrent;
using AppHost.Tests.Platform;
using Microsoft.Playwright;

namespace AppHost.Tests.Console;

/// <summary>The console in a browser of its own, signed in as an administrator. When it is closed, no request has left its origin and no script has failed.
/// With <c>CONSOLE_IMAGES</c> the pictures of the documentation are made in the folder that it names.</summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    public static readonly string? Images = Environment.GetEnvironmentVariable("CONSOLE_IMAGES") is { Length: > 0 } folder ? folder : null;

    private const string Chromium = "/usr/bin/chromium";
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private ConsolePage(IPlaywright playwright, IBrowser browser, IPage page, Uri address)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
        page.SetDefaultTimeout(30_000);
        Assertions.SetDefaultExpectTimeout(30_000);
        page.Request += (_, request) => { if (!address.IsBaseOf(new Uri(request.Url))) _faults.Enqueue(request.Url); };
        page.PageError += (_, error) => _faults.Enqueue(error);
    }

    public IPage Page { get; }

    public ILocator Dialog => Page.Locator("dialog[open]");

    public static async Task<ConsolePage> OpenAsync(Uri address)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var console = new ConsolePage(playwright, browser, await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } }), address);
        await console.Page.GotoAsync(new Uri(address, "/console").ToString());
        await console.Page.GetByLabel("Token or API key").FillAsync(RunningPlatform.CreateToken("infer admin"));
        await console.PressAsync("Sign in with a token or key");
        return console;
    }

    public Task ShowAsync(string view) => Page.GetByRole(AriaRole.Link, new() { Name = view, Exact = true }).ClickAsync();

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Presses a button and the one of the dialog that it opens, and reads that it is done.</summary>
    public async Task ConfirmAsync(string button, string answer, string done)
    {
        await PressAsync(button);
        await Dialog.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true }).ClickAsync();
        await Assertions.Expect(Dialog).ToHaveCountAsync(0);
        await Assertions.Expect(Page.GetByText(done).First).ToBeVisibleAsync();
    }

    public async Task ShootAsync(string name)
    {
        if (Images is not null) await Page.ScreenshotAsync(new() { Path = Path.Combine(Images, $"console-{name}.png") });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        Assert.Empty(_faults);
    }
}
