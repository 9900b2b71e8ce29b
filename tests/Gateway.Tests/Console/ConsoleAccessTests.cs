using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Testing;

namespace Gateway.Tests.Console;

/// <summary>Every view for eyes, keyboards and screen readers of all kinds.</summary>
public sealed class ConsoleAccessTests(ConsoleHost host) : IClassFixture<ConsoleHost>
{
    private static readonly (string View, string Sees)[] Views =
        [("Models", "is a canary"), ("Try it", "Classify"), ("Live", "modelserver-1"), ("Replicas", "25 %"), ("Usage", "Day"), ("Keys", "New key")];

    [NeedsTheory(Need.Chromium)]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Views_InThisLook_HaveNoSeriousFinding_AndNoWidthTooMuch(ColorScheme scheme, int width)
    {
        await using var page = await host.OpenAsync(scope: null, scheme: scheme, width: width);
        Assert.Empty(await page.FindingsAsync());
        await page.SignInAsync(TestTokens.Create("infer admin"));
        await page.PressAsync("Canary version 2 of sentiment");
        Assert.Empty(await page.FindingsAsync());
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Start canary" }).ClickAsync();

        foreach (var (view, sees) in Views)
        {
            await page.ShowAsync(view);
            await page.SeesAsync(sees);
            if (view == "Try it")
            {
                await page.PressAsync("Classify");
                await page.SeesAsync("91 %");
            }

            Assert.Empty((await page.FindingsAsync()).Select(finding => $"{view}: {finding}"));
            Assert.Equal(width, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    [NeedsFact(Need.Chromium)]
    public async Task Keyboard_Alone_ReachesViewsAndContent()
    {
        await using var page = await host.OpenAsync();
        await page.SeesAsync("sentiment");
        await page.Page.ReloadAsync();
        await page.SignInAsync(TestTokens.Create("infer admin"));
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Models" })).ToBeFocusedAsync();

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Replicas" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Replicas" })).ToBeFocusedAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Skip to content" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await ConsolePage.ExpectAsync(page.Page.Locator("main")).ToBeFocusedAsync();
        await page.SeesAsync("modelserver-1");
        // The page goes back from #main once it hears of it.
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("#/replicas$"));
    }

    [NeedsFact(Need.Chromium)]
    public async Task Theme_Toggled_IsLightThenDarkThenTheSystems()
    {
        await using var page = await host.OpenAsync();

        var seen = new List<string>();
        foreach (var theme in new[] { "system", "light", "dark", "system" })
        {
            seen.Add(await page.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).colorScheme"));
            if (seen.Count < 4) await page.PressAsync($"Theme: {theme}");
        }

        Assert.Equal(["light dark", "light", "dark", "light dark"], seen.Select(s => s[(s.IndexOf(')', StringComparison.Ordinal) + 1)..]));
    }
}
