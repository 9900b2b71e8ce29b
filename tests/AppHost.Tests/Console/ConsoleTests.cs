using System.Net.Http.Json;
using AppHost.Tests.Platform;
using Microsoft.Playwright;
using Testing;

namespace AppHost.Tests.Console;

/// <summary>The console in a real browser in front of the whole platform: what its views show of real models.</summary>
[Collection(PlatformCollection.Name)]
public sealed class ConsoleTests(RunningPlatform platform)
{
    [NeedsFact(Need.Chromium)]
    public async Task Views_OfARunningPlatform_ShowItsModelsAnswersAndRates()
    {
        using var client = platform.CreateClient(RunningPlatform.CreateToken("infer admin"));
        await using var console = await ConsolePage.OpenAsync(client.BaseAddress!);
        var page = console.Page;
        foreach (var model in new[] { "chat", "embedding", "reranker", "sentiment", "stories" }) await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = $"Model {model}" })).ToContainTextAsync("ready");

        await console.ShowAsync("Replicas");
        await Assertions.Expect(page.GetByRole(AriaRole.Row, new() { Name = "modelserver-2" })).ToContainTextAsync("sentiment:1");
        await console.ShowAsync("Try it");
        await TryAsync(page, "Classify", "positive");
        await TryAsync(page, "Compare", "1.000");
        await TryAsync(page, "Rank", "1. ");
        await TryAsync(page, "Tokenize", "Ġ");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Generate" }).ClickAsync();
        await page.GetByRole(AriaRole.Tabpanel).GetByRole(AriaRole.Combobox, new() { Name = "Model" }).SelectOptionAsync(new SelectOptionValue { Label = "stories (version 1)" });
        await TryAsync(page, "Generate", "Once upon a time");
        await Assertions.Expect(page.GetByRole(AriaRole.Tabpanel).Locator(".facts-list")).ToContainTextAsync("Tokens/s");
        await console.ShootAsync("try");

        await console.ShowAsync("Live");
        await WorkAsync(client, ConsolePage.Images is null ? TimeSpan.FromSeconds(4) : TimeSpan.FromSeconds(75));
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Tokens" }).GetByRole(AriaRole.Img)).Not.ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("Read (–|0/s)"));
        await Assertions.Expect(page.GetByRole(AriaRole.Region, new() { Name = "Requests" }).GetByRole(AriaRole.Img)).Not.ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("All (–|0/s)"));
        await console.ShootAsync("live");
    }

    private static async Task TryAsync(IPage page, string tab, string sees)
    {
        await page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = tab, Exact = true }).ClickAsync();
        var panel = page.GetByRole(AriaRole.Tabpanel);
        await Assertions.Expect(panel.Locator(".facts-list")).ToBeVisibleAsync();
        await Assertions.Expect(panel).ToContainTextAsync(sees);
    }

    /// <summary>Asks as clients do: more and less, some of it again and again.</summary>
    private static async Task WorkAsync(HttpClient client, TimeSpan time)
    {
        var end = TimeProvider.System.GetTimestamp() + (long)(time.TotalSeconds * TimeProvider.System.TimestampFrequency);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async worker =>
        {
            var random = new Random(worker);
            for (var i = 0; TimeProvider.System.GetTimestamp() < end; i++)
            {
                using var answer = worker == 0
                    ? await client.PostAsJsonAsync("/v1/completions", new { prompt = "One day", max_tokens = 20 + random.Next(60) })
                    : await client.PostAsJsonAsync("/v1/classify", new { input = Enumerable.Range(0, 1 + random.Next(6)).Select(_ => $"A film like number {random.Next(worker % 2 == 0 ? 400 : int.MaxValue)}.") });
                answer.EnsureSuccessStatusCode();
            }
        }));
    }
}
