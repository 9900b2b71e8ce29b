using System.Net.Http.Json;
using System.Text.Json;
using AppHost.Tests.Platform;
using Microsoft.Playwright;
using Testing;

namespace AppHost.Tests.Console;

/// <summary>A version's way from the folder to all callers and back, by the console's buttons, with what the API says after each of them.</summary>
[Collection(PlatformCollection.Name)]
public sealed class ModelsViewTests(RunningPlatform platform)
{
    private const int Callers = 120;

    [NeedsFact(Need.Chromium)]
    public async Task SecondVersion_LoadedTriedActivatedTakenBackAndUnloaded_IsWhatTheApiSays()
    {
        using var client = platform.CreateClient(null);
        await using var added = await AddedVersion.OfAsync(platform);
        await using var console = await ConsolePage.OpenAsync(client.BaseAddress!);
        await ShowsAsync(console, await added.CardAsync());

        await console.ConfirmAsync("Load version 2 of sentiment", "Load", "Version 2 of sentiment is loaded.");
        await IsAsync(active: "1", stage: null, state: "ready", share: 0);

        await console.PressAsync("Canary version 2 of sentiment");
        await console.Dialog.GetByLabel("Percent of the requests").FillAsync("10");
        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Start canary" }).ClickAsync();
        await Assertions.Expect(Card(console)).ToContainTextAsync("Version 2 is a canary with 10 %");
        await IsAsync(active: "1", stage: "canary", state: "ready", share: 10);
        var answered = await AskAsync();
        Assert.Equal(["1", "2"], answered.Distinct().Order());
        await Assertions.Expect(Card(console)).ToContainTextAsync($"Requests{answered.Count(v => v == "2")}");
        await console.ShootAsync("models");

        await console.ConfirmAsync("Activate version 2 of sentiment", "Activate", "Version 2 of sentiment is active.");
        await IsAsync(active: "2", stage: "probation", state: "ready", share: 100);
        Assert.Equal(["2"], (await AskAsync()).Distinct());

        await console.ConfirmAsync("Roll back sentiment", "Roll back", "sentiment is rolled back.");
        await IsAsync(active: "1", stage: null, state: "ready", share: 0);
        Assert.Equal(["1"], (await AskAsync()).Distinct());

        await console.ConfirmAsync("Unload version 2 of sentiment", "Unload", "Version 2 of sentiment is unloaded.");
        await IsAsync(active: "1", stage: null, state: "unloaded", share: 0);

        async Task IsAsync(string active, string? stage, string state, double share)
        {
            var card = await added.CardAsync();
            var version = AddedVersion.VersionOf(card, AddedVersion.Version);
            Assert.Equal(active, card.GetProperty("active_version").GetString());
            Assert.Equal(stage, card.GetProperty("trial") is { ValueKind: JsonValueKind.Object } trial ? trial.GetProperty("stage").GetString() : null);
            Assert.Equal((state, share), (version.GetProperty("state").GetString(), version.GetProperty("traffic_percent").GetDouble()));
            Assert.All(version.GetProperty("replicas").EnumerateArray(), replica => Assert.Equal(state, replica.GetProperty("state").GetString()));
            await ShowsAsync(console, card);
        }
    }

    /// <summary>The rows of the page: each version's state and its part of the callers.</summary>
    private static async Task ShowsAsync(ConsolePage console, JsonElement card)
    {
        foreach (var version in card.GetProperty("versions").EnumerateArray())
        {
            var number = version.GetProperty("version").GetString()!;
            var row = Card(console).GetByRole(AriaRole.Row).Filter(new() { Has = console.Page.GetByText(number, new() { Exact = true }) });
            await Assertions.Expect(row).ToContainTextAsync(version.GetProperty("state").GetString()!);
            var share = version.GetProperty("traffic_percent").GetDouble();
            await Assertions.Expect(row.Locator("td.number").First).ToHaveTextAsync(share > 0 ? $"{share} %" : "–");
        }
    }

    private static ILocator Card(ConsolePage console) => console.Page.GetByRole(AriaRole.Region, new() { Name = "Model sentiment" });

    /// <returns>Which version answered each of the callers.</returns>
    private async Task<string[]> AskAsync() => await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
    {
        using var client = platform.CreateClient(RunningPlatform.CreateToken(subject: $"caller-{caller}"));
        using var answer = await client.PostAsJsonAsync("/predict", new { text = $"A warm and beautifully acted film, said {caller}." });
        answer.EnsureSuccessStatusCode();
        return answer.Headers.GetValues("x-model-version").Single();
    }));
}
