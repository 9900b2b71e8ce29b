using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Testing;

namespace ServiceDefaults.Tests.Draining;

public class DrainTests
{
    [Fact]
    public async Task Service_ToldToStop_IsUnreadyButListensUntilTheNoticeIsOver()
    {
        var clock = new ManualTimeProvider();
        await using var service = await StartAsync(clock, ("Drain:Notice", "00:00:10"));
        using (var before = await service.GetAsync("/alive")) Assert.Null(before.Headers.ConnectionClose);

        var stopping = service.Services.GetRequiredService<IHost>().StopAsync();

        using (var ready = await service.GetAsync("/ready")) Assert.Equal(503, (int)ready.StatusCode);
        using (var alive = await service.GetAsync("/alive")) Assert.Equal((200, true), ((int)alive.StatusCode, alive.Headers.ConnectionClose));
        Assert.False(stopping.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(10));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<HttpRequestException>(() => service.GetAsync("/alive"));
    }

    [Fact]
    public async Task Request_RunningWhenToldToStop_IsAnswered()
    {
        var arrived = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        await using var service = await StartAsync(TimeProvider.System, ("Drain:Notice", "00:00:00"), app => app.MapGet("/slow", async () =>
        {
            arrived.SetResult();
            await finish.Task;
            return "done";
        }).AllowAnonymous());
        var call = service.GetAsync("/slow");
        await arrived.Task;

        var stopping = service.Services.GetRequiredService<IHost>().StopAsync();
        finish.SetResult();

        using var response = await call;
        Assert.Equal("done", await response.Content.ReadAsStringAsync());
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("Development", 0)]
    [InlineData("Production", 2)]
    public void Notice_Unconfigured_IsForDeploymentsOnly(string environment, int seconds)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.AddServiceDefaults();
        using var provider = builder.Services.BuildServiceProvider();

        Assert.Equal(TimeSpan.FromSeconds(seconds), provider.GetRequiredService<IOptions<DrainOptions>>().Value.Notice);
        Assert.Equal(TimeSpan.FromSeconds(30), provider.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    private static Task<TestService> StartAsync(TimeProvider clock, (string Key, string Value) setting, Action<WebApplication>? map = null)
        => TestService.StartAsync(map ?? (_ => { }), builder => builder.Services.AddSingleton(clock), new Dictionary<string, string?> { [setting.Key] = setting.Value });
}
