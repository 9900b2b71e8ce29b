using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>One prediction is one trace in the real dashboard, seen in a real browser.</summary>
public class DashboardTraceTests
{
    private const string Chromium = "/usr/bin/chromium";

    [NeedsFact(Need.Chromium)]
    public async Task Predict_WithTheDashboard_IsOneTraceThroughGatewayModelServerAndInference()
    {
        using var platform = new PlatformProcess("--device", "cpu", "--replicas", "2", "--gateway-port", $"{RunningPlatform.FreePort()}");
        using var client = new HttpClient { BaseAddress = new Uri(await platform.NoticeAsync("Gateway")) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await platform.NoticeAsync("Token"));
        var login = new Uri(await platform.NoticeAsync("Dashboard"));
        foreach (var text in new[] { "Warms up both.", "Warms up both.", "Warms up both." }) (await client.PostAsJsonAsync("/predict", new { text })).EnsureSuccessStatusCode();
        var trace = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = JsonContent.Create(new { text = "A warm, funny and beautifully acted film." }) };
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        (await client.SendAsync(request)).EnsureSuccessStatusCode();

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1500, Height = 440 } });
        page.SetDefaultTimeout(30_000);
        await page.GotoAsync(login.ToString());
        await page.WaitForURLAsync(url => !url.Contains("login", StringComparison.Ordinal));
        // Spans are exported in batches, a few seconds after the request.
        await Task.Delay(TimeSpan.FromSeconds(6));
        await page.GotoAsync(new Uri(login, $"/traces/detail/{trace}").ToString());

        foreach (var span in new[] { "gateway", "POST /predict", "modelserver-", "tokenize", "queue", "infer" })
            await Assertions.Expect(page.GetByText(span).First).ToBeVisibleAsync();
        if (Environment.GetEnvironmentVariable("SCREENSHOT") is { Length: > 0 } file) await page.ScreenshotAsync(new() { Path = file });
    }
}
