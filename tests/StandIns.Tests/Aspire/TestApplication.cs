using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace StandIns.Tests.Aspire;

/// <summary>Small applications of shell processes, run inside the test.</summary>
internal static class TestApplication
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static IDistributedApplicationBuilder CreateBuilder(params string[] args)
        => DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });

    public static IResourceBuilder<ExecutableResource> AddShell(this IDistributedApplicationBuilder builder, string name, string script)
        => builder.AddExecutable(name, "/bin/sh", "/", "-c", script);

    public static async Task<DistributedApplication> StartedAsync(this IDistributedApplicationBuilder builder)
    {
        var application = builder.Build();
        using var limit = new CancellationTokenSource(Limit);
        await application.StartAsync(limit.Token);
        return application;
    }

    public static async Task<ResourceEvent> StateAsync(this DistributedApplication application, string resource, params string[] states)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await application.ResourceNotifications.WaitForResourceAsync(resource, e => states.Contains(e.Snapshot.State?.Text), limit.Token);
    }

    /// <summary>The first line of the resource's console that has the text, without its time.</summary>
    public static async Task<string> LineAsync(this DistributedApplication application, string resource, string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var batch in application.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(resource).WithCancellation(limit.Token))
        {
            foreach (var line in batch)
            {
                if (line.Content.IndexOf(text, StringComparison.Ordinal) is var at and >= 0) return line.Content[at..];
            }
        }

        throw new InvalidOperationException($"{resource} never said '{text}'.");
    }
}
