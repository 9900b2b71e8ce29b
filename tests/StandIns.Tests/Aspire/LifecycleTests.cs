using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StandIns.Tests.Aspire;

public class LifecycleTests
{
    [Fact]
    public async Task WaitFor_UnhealthyDependency_StartsOnceItIsHealthy()
    {
        var healthy = false;
        var builder = TestApplication.CreateBuilder();
        builder.Services.AddHealthChecks().AddCheck("gate", () => Volatile.Read(ref healthy) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("closed"));
        var first = builder.AddShell("first", "sleep 60").WithHealthCheck("gate");
        builder.AddShell("second", "sleep 60").WaitFor(first);
        await using var application = await builder.StartedAsync();

        await application.ResourceNotifications.WaitForResourceAsync("first", e => e.Snapshot.HealthReports.Any(r => r.Status == HealthStatus.Unhealthy)).WaitAsync(TestApplication.Limit);
        await application.StateAsync("second", KnownResourceStates.Waiting);
        Assert.True(application.ResourceNotifications.TryGetCurrentState("second", out var waiting));
        Assert.Equal(KnownResourceStates.Waiting, waiting.Snapshot.State?.Text);
        Volatile.Write(ref healthy, true);

        await application.ResourceNotifications.WaitForResourceHealthyAsync("second").WaitAsync(TestApplication.Limit);
    }

    [Fact]
    public async Task WaitForCompletion_OfATask_StartsAfterItsEnd()
    {
        var builder = TestApplication.CreateBuilder();
        var task = builder.AddShell("task", "exit 3");
        builder.AddShell("after", "sleep 60").WaitForCompletion(task, exitCode: 3);
        await using var application = await builder.StartedAsync();

        await application.StateAsync("after", KnownResourceStates.Running);

        Assert.Equal(3, (await application.StateAsync("task", [.. KnownResourceStates.TerminalStates])).Snapshot.ExitCode);
    }

    [Fact]
    public async Task WaitFor_DependencyThatFails_FailsToStartWithoutADashboard()
    {
        var builder = TestApplication.CreateBuilder();
        var broken = builder.AddExecutable("broken", "no-such-program-anywhere", "/");
        builder.AddShell("dependent", "sleep 60").WaitFor(broken);
        await using var application = await builder.StartedAsync();

        await application.StateAsync("broken", KnownResourceStates.FailedToStart);
        await application.StateAsync("dependent", KnownResourceStates.FailedToStart);
    }

    [Fact]
    public async Task Commands_StopStartRestart_DoWhatTheySay()
    {
        var builder = TestApplication.CreateBuilder();
        builder.AddShell("shell", "echo pid:$$; sleep 60");
        await using var application = await builder.StartedAsync();
        var first = Pid(await application.StateAsync("shell", KnownResourceStates.Running));

        Assert.True((await application.ResourceCommands.ExecuteCommandAsync("shell", KnownResourceCommands.StopCommand)).Success);
        await application.StateAsync("shell", [.. KnownResourceStates.TerminalStates]);
        Assert.False(Directory.Exists($"/proc/{first}"));
        Assert.True((await application.ResourceCommands.ExecuteCommandAsync("shell", KnownResourceCommands.StartCommand)).Success);
        var second = Pid(await application.StateAsync("shell", KnownResourceStates.Running));
        Assert.True((await application.ResourceCommands.ExecuteCommandAsync("shell", KnownResourceCommands.RestartCommand)).Success);
        var third = Pid(await application.ResourceNotifications.WaitForResourceAsync("shell", e => e.Snapshot.State?.Text == KnownResourceStates.Running && Pid(e) != second).WaitAsync(TestApplication.Limit));

        Assert.Equal(3, new[] { first, second, third }.Distinct().Count());
        Assert.False(Directory.Exists($"/proc/{second}"));
    }

    [Fact]
    public async Task CustomCommand_WhenExecuted_ReturnsItsMessage()
    {
        var builder = TestApplication.CreateBuilder();
        builder.AddShell("shell", "sleep 60").WithCommand("greet", "Greet", c => Task.FromResult(CommandResults.Success($"hello from {c.ResourceName[..5]}")));
        await using var application = await builder.StartedAsync();
        await application.StateAsync("shell", KnownResourceStates.Running);

        var result = await application.ResourceCommands.ExecuteCommandAsync("shell", "greet");

        Assert.True(result.Success);
        Assert.Equal("hello from shell", result.Message);
    }

    [Fact]
    public async Task Events_OfALife_ArriveInOrder()
    {
        var events = new List<string>();
        var builder = TestApplication.CreateBuilder();
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) => Note("before start"));
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((_, _) => Note("created"));
        builder.AddShell("shell", "exit 7")
            .OnBeforeResourceStarted((_, _, _) => Note("starting")).OnResourceReady((_, _, _) => Note("ready")).OnResourceStopped((_, e, _) => Note($"stopped {e.ResourceEvent.Snapshot.ExitCode}"));

        await using var application = await builder.StartedAsync();

        await Eventually.TrueAsync(() => events.Contains("stopped 7") && events.Contains("created"), TestApplication.Limit);
        Assert.Equal("before start", events[0]);
        Assert.Equal(["starting", "ready", "stopped 7"], events.Where(e => e is not ("before start" or "created")));

        Task Note(string what)
        {
            lock (events) events.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Dispose_OfARunningApplication_EndsItsProcessesAndTheirChildren()
    {
        var builder = TestApplication.CreateBuilder();
        builder.AddShell("family", "sleep 61 & echo child:$!; wait");
        var application = await builder.StartedAsync();
        var child = (await application.LineAsync("family", "child:"))["child:".Length..];

        await application.DisposeAsync();

        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{child}"), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Ports_OfTwoApplications_AreDifferent()
    {
        var builders = Enumerable.Range(0, 2).Select(_ => TestApplication.CreateBuilder()).ToArray();
        var endpoints = builders.SelectMany(b => Enumerable.Range(0, 20).Select(i => b.AddShell($"s{i}", "sleep 60").WithExplicitStart().WithHttpEndpoint().GetEndpoint("http"))).ToArray();

        await using var one = await builders[0].StartedAsync();
        await using var two = await builders[1].StartedAsync();

        Assert.Equal(endpoints.Length, endpoints.Select(e => e.Port).Distinct().Count());
    }

    private static int Pid(ResourceEvent e) => Convert.ToInt32(e.Snapshot.Properties.Single(p => p.Name == "executable.pid").Value);
}
