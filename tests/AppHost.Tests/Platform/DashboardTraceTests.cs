using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>What the real dashboard shows of requests, seen in a real browser.</summary>
public sealed partial class DashboardTraceTests(ITestOutputHelper output)
{
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>How often the gateway asks each replica how it is, every second, until what the platform does of its own accord would have shown.</summary>
    private const int Probes = 15;

    [NeedsFact(Need.Chromium)]
    public async Task Traces_AfterIdlingAndTenRequests_AreTenThroughGatewayModelServerAndInference()
    {
        using var data = new TemporaryFolder();
        await using var platform = new PlatformProcess(["--device", "cpu", "--replicas", "2", .. PlatformProcess.LocalCache(data), "--gateway-port", $"{RunningPlatform.FreePort()}", "--Parameters:jwt-signing-key", TestTokens.SigningKey]);
        using var client = await platform.ConnectAsync(RunningPlatform.CreateToken("infer metrics"));
        var login = new Uri(await platform.NoticeAsync("Dashboard"));
        await platform.LineAsync("Model  ");

        await IdleAsync(client);
        for (var i = 0; i < 9; i++) (await client.PostAsJsonAsync("/predict", new { text = $"Warms up both, {i}." })).EnsureSuccessStatusCode();
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
        await page.GotoAsync(new Uri(login, "/traces").ToString());
        // Spans are exported in batches, a few seconds after the request; the page brings itself up to date.
        var text = "";
        await Eventually.HoldsAsync(async () => Total(text = await page.InnerTextAsync("body")) >= 10, () => text);
        await IdleAsync(client);
        text = await page.InnerTextAsync("body");
        output.WriteLine(text);
        Assert.Equal(10, Total(text));

        await page.GotoAsync(new Uri(login, $"/traces/detail/{trace}").ToString());
        foreach (var span in new[] { "gateway", "POST /predict", "modelserver-", "tokenize", "queue", "infer" })
            await Assertions.Expect(page.GetByText(span).First).ToBeVisibleAsync();
        if (Environment.GetEnvironmentVariable("SCREENSHOT") is { Length: > 0 } file) await page.ScreenshotAsync(new() { Path = file });
    }

    /// <summary>Waits until the platform has done what it does without requests; its metrics count that and are not traced.</summary>
    private static async Task IdleAsync(HttpClient client)
    {
        var before = await CallsAsync();
        await Eventually.HoldsAsync(async () => await CallsAsync() >= before + (2 * Probes));

        async Task<int> CallsAsync() => Calls().Matches(await client.GetStringAsync("/metrics")).Sum(found => int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private static int Total(string page) => TotalLine().Match(page) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : -1;

    [GeneratedRegex(@"Showing (\d+) traces?")]
    private static partial Regex TotalLine();

    [GeneratedRegex(@"^http_client_request_duration_seconds_count\{.*\} (\d+)", RegexOptions.Multiline)]
    private static partial Regex Calls();
}
