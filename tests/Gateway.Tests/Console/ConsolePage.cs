using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Gateway.Tests.Console;

/// <summary>The page in a tab of its own. When it is closed: no request has left its origin, the policy was never broken, no script has failed, and the token is
/// in no address and nowhere in the document.</summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly Uri _origin;
    private string? _token;

    private ConsolePage(IPage page, Uri origin)
    {
        (Page, _origin) = (page, origin);
        page.SetDefaultTimeout(30_000);
        Assertions.SetDefaultExpectTimeout(30_000);
        page.Request += (_, request) =>
        {
            if (!_origin.IsBaseOf(new Uri(request.Url))) _faults.Enqueue($"asked {request.Url}");
            if (_token is not null && request.Url.Contains(_token, StringComparison.Ordinal)) _faults.Enqueue("has the token in an address");
        };
        page.PageError += (_, error) => _faults.Enqueue(error);
        page.Console += (_, message) =>
        {
            // The browser itself notes each answer that says no.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _faults.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    public StubRollouts Rollouts { get; } = new();

    public static async Task<ConsolePage> OpenAsync(IBrowser browser, Uri address, string view, ColorScheme scheme, int width)
    {
        var page = new ConsolePage(await browser.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 }, ReducedMotion = ReducedMotion.Reduce }), address);
        await page.Page.RouteAsync("**/admin/models**", page.Rollouts.AnswerAsync);
        await page.Page.GotoAsync(new Uri(address, $"/console#/{view}").ToString());
        return page;
    }

    public async Task SignInAsync(string token)
    {
        _token = token;
        await Page.GetByLabel("Token or API key").FillAsync(token);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    public Task ShowAsync(string view) => Page.GetByRole(AriaRole.Link, new() { Name = view, Exact = true }).ClickAsync();

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Presses a button and the one of the dialog that it opens.</summary>
    public async Task ConfirmAsync(string button, string answer)
    {
        await PressAsync(button);
        await Dialog.GetByRole(AriaRole.Button, new() { Name = answer, Exact = true }).ClickAsync();
        await ExpectAsync(Dialog).ToHaveCountAsync(0);
    }

    public ILocator Dialog => Page.Locator("dialog[open]");

    public static ILocatorAssertions ExpectAsync(ILocator locator) => Assertions.Expect(locator);

    public Task SeesAsync(string text) => Assertions.Expect(Page.GetByText(text).First).ToBeVisibleAsync();

    /// <summary>Serious and critical findings of axe.</summary>
    public async Task<IEnumerable<string>> FindingsAsync()
        => (await Page.RunAxe()).Violations.Where(v => v.Impact is "serious" or "critical").SelectMany(v => v.Nodes.Select(n => $"{v.Id} ({v.Impact}): {n.Html}"));

    public async ValueTask DisposeAsync()
    {
        var (document, address) = (await Page.ContentAsync(), Page.Url);
        await Page.CloseAsync();
        Assert.Empty(_faults);
        if (_token is not null) Assert.DoesNotContain(_token, document + address, StringComparison.Ordinal);
    }
}
