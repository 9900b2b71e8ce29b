using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Testing;

namespace Gateway.Tests.Console;

/// <summary>A gateway with Redis and a stub of a model server, and a browser.</summary>
public sealed class ConsoleHost : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private IRedisServer? _redis;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private int _asked;

    internal GatewayHost Gateway { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // Without a browser every test is skipped.
        if (!File.Exists(Chromium)) return;
        _redis = await EmbeddedGarnet.StartAsync();
        Gateway = await GatewayHost.StartAsync(settings: ("ConnectionStrings:cache", _redis.ConnectionString));
        await Gateway.WaitUntilAsync(async _ => (await Gateway.Services.GetRequiredService<RedisConnection>().Connecting).IsConnected);
        Gateway.Replica.Answer = StubModels.AnswerAsync;
        Gateway.Replica.Health = StubModels.Health(0);
        await Gateway.WaitUntilAsync(() => Gateway.Pool.All.First().Models.Ready.Contains("stories"));
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (Gateway is not null) await Gateway.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }

    /// <summary>The model server's totals go on.</summary>
    internal void Work() => Gateway.Replica.Health = StubModels.Health(++_asked);

    /// <summary>Opens the page and signs in.</summary>
    internal async Task<ConsolePage> OpenAsync(string view = "models", string? scope = "infer admin", ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var page = await ConsolePage.OpenAsync(_browser!, Gateway.Address, view, scheme, width);
        if (scope is not null) await page.SignInAsync(TestTokens.Create(scope));
        return page;
    }
}
