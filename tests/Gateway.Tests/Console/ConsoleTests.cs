using System.Net.Http.Json;
using Microsoft.Playwright;
using Testing;

namespace Gateway.Tests.Console;

/// <summary>The console in a real browser: every button of every view.</summary>
public sealed class ConsoleTests(ConsoleHost host) : IClassFixture<ConsoleHost>
{
    [NeedsFact(Need.Chromium)]
    public async Task SignIn_WithATokenThatIsRefused_SaysWhy_AndTheRightOneOpensTheView()
    {
        await using var page = await host.OpenAsync("replicas", scope: null);

        await page.SignInAsync("sk-none-none");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.SignInAsync(TestTokens.Create("infer admin", expires: DateTime.UtcNow.AddHours(-2)));
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.SignInAsync("two words");
        await page.SeesAsync("A token or key is one word");
        await page.SignInAsync(TestTokens.Create("infer admin"));

        await page.SeesAsync("modelserver-1");
        await ConsolePage.ExpectAsync(page.Page.GetByText("tester")).ToBeVisibleAsync();
        await page.PressAsync("Sign out");
        await ConsolePage.ExpectAsync(page.Page.GetByLabel("Token or API key")).ToBeFocusedAsync();
    }

    [NeedsFact(Need.Chromium)]
    public async Task Token_KeptForTheTab_OutlivesAReload_AndOneThatIsNotKeptDoesNot()
    {
        await using var page = await host.OpenAsync(scope: null);

        await page.SignInAsync(TestTokens.Create("infer admin"));
        await page.SeesAsync("sentiment");
        await page.Page.ReloadAsync();
        await page.Page.GetByText("Keep it until").ClickAsync();
        await page.SignInAsync(TestTokens.Create("infer admin"));
        await page.SeesAsync("sentiment");
        await page.Page.ReloadAsync();
        await page.SeesAsync("sentiment");
        await page.PressAsync("Sign out");

        Assert.Equal(0, await page.Page.EvaluateAsync<int>("Object.values(sessionStorage).filter(v => v.length > 20).length"));
    }

    [NeedsFact(Need.Chromium)]
    public async Task Token_RefusedLater_LeadsBackToTheSignIn_WithTheReason()
    {
        await using var page = await host.OpenAsync("replicas");
        await page.SeesAsync("modelserver-1");

        await page.Page.RouteAsync("**/admin/replicas", route => route.FulfillAsync(new() { Status = 401, ContentType = "application/problem+json", Body = """{"detail":"The token was revoked."}""" }));

        await page.SeesAsync("You were signed out: The token was revoked.");
    }

    [NeedsFact(Need.Chromium)]
    public async Task Models_EachAction_SaysWhatWillHappen_AndAsksForIt()
    {
        await using var page = await host.OpenAsync();

        await page.PressAsync("Load version 2 of sentiment");
        await ConsolePage.ExpectAsync(page.Dialog).ToContainTextAsync("loads it beside what runs");
        await page.Page.Keyboard.PressAsync("Escape");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Button, new() { Name = "Load version 2 of sentiment" })).ToBeFocusedAsync();
        Assert.Empty(page.Rollouts.Asked);
        page.Rollouts.Refusal = (507, "Version 2 does not fit: 90 MB, 40 MB are free.");
        await page.PressAsync("Load version 2 of sentiment");
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Load", Exact = true }).ClickAsync();
        await page.SeesAsync("Version 2 does not fit: 90 MB, 40 MB are free.");
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Load", Exact = true }).ClickAsync();
        await page.SeesAsync("Version 2 of sentiment is loaded.");
        await page.PressAsync("Canary version 2 of sentiment");
        await page.Dialog.GetByLabel("Percent of the requests").FillAsync("12.5");
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Start canary" }).ClickAsync();
        await page.SeesAsync("Version 2 is a canary with 12.5 %");
        await page.ConfirmAsync("Shadow version 2 of sentiment", "Start shadow");
        await page.SeesAsync("99 % of 100");
        page.Rollouts.IsSlow = true;
        await page.ConfirmAsync("Activate version 2 of sentiment", "Activate");
        await page.SeesAsync("The gateway is at it…");
        await page.SeesAsync("Version 2 of sentiment is active.");
        page.Rollouts.IsSlow = false;
        await page.ConfirmAsync("Roll back sentiment", "Roll back");
        await page.SeesAsync("sentiment is rolled back.");
        await page.PressAsync("Unload version 2 of sentiment");
        await page.Dialog.GetByText("Even if").ClickAsync();
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Unload", Exact = true }).ClickAsync();
        await page.SeesAsync("It was unloaded by tester.");
        await page.Page.GetByText("History (").ClickAsync();
        await page.SeesAsync("Roll back to version 1");
        await page.Page.GetByText("1 of 1 ready").First.ClickAsync();
        await ConsolePage.ExpectAsync(page.Page.Locator("td details[open]")).ToContainTextAsync("1 request");

        Assert.Equal(
            [
                "/admin/models/sentiment/versions/2/load", "/admin/models/sentiment/versions/2/load", """/admin/models/sentiment/versions/2/canary {"percent":12.5}""",
                "/admin/models/sentiment/versions/2/shadow", "/admin/models/sentiment/versions/2/activate", "/admin/models/sentiment/rollback", """/admin/models/sentiment/versions/2/unload {"force":true}""",
            ],
            page.Rollouts.Asked);
    }

    [NeedsFact(Need.Chromium)]
    public async Task Models_WithoutTheScope_AreShownAndNotChanged()
    {
        await using var page = await host.OpenAsync(scope: "infer");
        await page.Page.RouteAsync("**/admin/models", route => route.ContinueAsync());
        await page.Page.ReloadAsync();
        await page.SignInAsync(TestTokens.Create());

        await page.SeesAsync("reranker");
        await page.SeesAsync("fp32, 128 tokens");
        await ConsolePage.ExpectAsync(page.Page.Locator(".row-actions button")).ToHaveCountAsync(0);
        await page.ShowAsync("Keys");
        await page.SeesAsync("Your token lacks the scope admin");
    }

    [NeedsFact(Need.Chromium)]
    public async Task TryIt_EachPanel_ShowsTheAnswerAndWhatItTook()
    {
        await using var page = await host.OpenAsync("try");

        foreach (var (tab, sees) in new[] { ("Classify", "91 %"), ("Compare", "0.707"), ("Rank", "1. Water carries what displaces its weight."), ("Tokenize", "<b>bold</b>") })
        {
            await page.Page.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
            await page.PressAsync(tab);
            var panel = page.Page.GetByRole(AriaRole.Tabpanel);
            await ConsolePage.ExpectAsync(panel.GetByText(sees).First).ToBeVisibleAsync();
            await ConsolePage.ExpectAsync(panel.Locator(".facts-list")).ToContainTextAsync("1.6 ms");
            await ConsolePage.ExpectAsync(panel.Locator(".facts-list")).ToContainTextAsync("miss");
        }

        await page.Page.GetByRole(AriaRole.Tab, new() { Name = "Tokenize" }).PressAsync("ArrowLeft");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Tab, new() { Name = "Generate" })).ToBeFocusedAsync();
        await page.PressAsync("Generate");
        await page.SeesAsync("there was <i>one</i>");
        await page.SeesAsync("4 + 3");
        await page.Page.GetByLabel("Most tokens").FillAsync("999");
        await page.PressAsync("Generate");
        await page.SeesAsync("there was <i>one</i>");
        await page.PressAsync("Stop");
        await page.SeesAsync("Stopped: the model server stops as well.");
        await page.Page.GetByLabel("Most tokens").FillAsync("50");
        await page.Page.GetByLabel("Mode", new() { Exact = true }).SelectOptionAsync("Conversation");
        for (var i = 1; i <= 2; i++)
        {
            await page.Page.Locator("textarea:visible").FillAsync("Tell me.");
            await page.PressAsync("Generate");
            await ConsolePage.ExpectAsync(page.Page.Locator(".turn-model")).ToHaveCountAsync(i);
            await page.SeesAsync("4 + 3");
        }

        await page.PressAsync("New conversation");
        await page.SeesAsync("The conversation appears here.");
        await page.Page.RouteAsync("**/v1/chat/completions", route => route.FulfillAsync(new() { Status = 429, ContentType = "application/json", Body = """{"error":{"message":"Too many requests."}}""", Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } }));
        await page.Page.Locator("textarea:visible").FillAsync("Tell me.");
        await page.PressAsync("Generate");
        await page.SeesAsync("Too many requests. Try again in 7 s.");
    }

    [NeedsFact(Need.Chromium)]
    public async Task Live_WhileRequestsCome_ShowsRates_InWordsToo()
    {
        await using var page = await host.OpenAsync("live");
        using var client = host.Gateway.CreateInferClient();
        var requests = page.Page.GetByRole(AriaRole.Region, new() { Name = "Requests" });
        await ConsolePage.ExpectAsync(requests).ToBeVisibleAsync();

        await Eventually.HoldsAsync(async () =>
        {
            host.Work();
            for (var i = 0; i < 3; i++) (await client.PostAsJsonAsync("/v1/classify", new { model = "sentiment", input = new[] { "fine" } })).Dispose();
            var label = await requests.GetByRole(AriaRole.Img).GetAttributeAsync("aria-label");
            return label!.StartsWith("Requests: All ", StringComparison.Ordinal) && !label.Contains("All –", StringComparison.Ordinal) && !label.Contains("All 0/s", StringComparison.Ordinal);
        });
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Region, new() { Name = "Batch" })).ToContainTextAsync("5 sequences");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Region, new() { Name = "Cache" })).ToContainTextAsync("75 %");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Region, new() { Name = "Queue" })).ToContainTextAsync("64");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Region, new() { Name = "Drift" })).ToContainTextAsync("unknown share, PSI0.93alarmconfidence, PSI0.04right, by feedback66.7 % of 3");
        await page.PressAsync("As a table");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Latency: p99" })).ToBeVisibleAsync();
        await page.PressAsync("Pause");
        await page.PressAsync("Go on");
        await page.PressAsync("As a table");
        await ConsolePage.ExpectAsync(requests).ToBeVisibleAsync();
    }

    [NeedsFact(Need.Chromium)]
    public async Task Replicas_DrainedAndResumed_SaySo()
    {
        await using var page = await host.OpenAsync("replicas");

        await page.ConfirmAsync("Drain modelserver-1", "Drain");
        await page.SeesAsync("modelserver-1 is being drained.");
        await page.ConfirmAsync("Resume modelserver-1", "Resume");
        await page.SeesAsync("modelserver-1 gets requests again.");

        await host.Gateway.WaitUntilAsync(() => host.Gateway.Pool.All.Single().IsAvailable);
    }

    [NeedsFact(Need.Chromium)]
    public async Task Usage_OfADay_IsAddedUpAndSorted()
    {
        foreach (var (subject, model, count) in new[] { ("ann", "sentiment", 1), ("bob", "sentiment", 3), ("bob", "embedding", 2) })
        {
            using var client = host.Gateway.CreateInferClient(subject);
            for (var i = 0; i < count; i++) (await client.PostAsJsonAsync("/v1/classify", new { model, input = new[] { "fine" } })).EnsureSuccessStatusCode().Dispose();
        }

        await using var page = await host.OpenAsync("usage");
        var rows = page.Page.Locator("tbody tr");
        await Eventually.HoldsAsync(async () =>
        {
            await page.PressAsync("Read again");
            return await rows.Filter(new() { HasText = "bob" }).CountAsync() == 2;
        });
        await page.PressAsync("Client");
        await ConsolePage.ExpectAsync(page.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Client" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await ConsolePage.ExpectAsync(rows.First).ToContainTextAsync("ann");
        await page.PressAsync("Client");
        await ConsolePage.ExpectAsync(rows.Last).ToContainTextAsync("ann");
        await page.Page.GetByLabel("Rows by").SelectOptionAsync("Client");
        await ConsolePage.ExpectAsync(rows.Filter(new() { HasText = "bob" })).ToHaveTextAsync("bob56015");
        await page.Page.GetByLabel("Day").FillAsync("2020-01-01");
        await page.SeesAsync("Nothing was used on this day");
    }

    [NeedsFact(Need.Chromium)]
    public async Task Keys_MadeRotatedAndRevoked_AreShownOnce()
    {
        await using var page = await host.OpenAsync("keys");

        await page.PressAsync("New key");
        await page.Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("reports <b>");
        await page.Dialog.GetByText("models:read").ClickAsync();
        await page.Dialog.GetByLabel("Tier").FillAsync("none-such");
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();
        await page.SeesAsync("tier must be one of");
        await page.Dialog.GetByLabel("Tier").FillAsync("");
        await page.Dialog.GetByLabel("Ends after hours").FillAsync("24");
        await page.Dialog.GetByLabel("Models", new() { Exact = true }).FillAsync("sentiment stories");
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();
        var first = await SecretAsync(page);
        await page.PressAsync("Rotate reports <b>");
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Rotate", Exact = true }).ClickAsync();
        var second = await SecretAsync(page);
        Assert.NotEqual(first, second);
        using (var client = host.Gateway.CreateClient(second)) (await client.PostAsJsonAsync("/v1/classify", new { model = "sentiment", input = new[] { "fine" } })).EnsureSuccessStatusCode().Dispose();
        await ConsolePage.ExpectAsync(page.Page.Locator("tbody tr")).ToContainTextAsync("models:read");
        await page.ConfirmAsync("Revoke reports <b>", "Revoke");
        await page.SeesAsync("reports <b> is revoked.");
        await page.SeesAsync("No keys yet");
    }

    private static async Task<string> SecretAsync(ConsolePage page)
    {
        var secret = await page.Dialog.GetByLabel("API key").InputValueAsync();
        Assert.StartsWith("sk-", secret, StringComparison.Ordinal);
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await ConsolePage.ExpectAsync(page.Dialog.GetByRole(AriaRole.Status)).ToContainTextAsync("Copied.");
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        Assert.DoesNotContain(secret, await page.Page.ContentAsync(), StringComparison.Ordinal);
        return secret;
    }
}
