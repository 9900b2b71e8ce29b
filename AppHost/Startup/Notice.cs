using AppHost.Authentication;
using AppHost.Replicas;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AppHost.Startup;

/// <summary>Says what is going on: where everything is as soon as all services serve, then what became of each model.</summary>
internal sealed class Notice(IResourceBuilder<ProjectResource> gateway, PlatformOptions platform, TokenTrust tokens, bool hasDashboard)
{
    private static readonly TimeSpan DashboardStartsWithin = TimeSpan.FromSeconds(10);

    public async Task WriteAsync(AfterResourcesCreatedEvent created, CancellationToken stopping)
    {
        using var models = new ReplicaModels(tokens);
        var services = created.Model.Resources.OfType<ProjectResource>().Select(project => new StartingService(project, models, created.Services, stopping)).ToArray();
        var front = services.Single(service => service.Name == gateway.Resource.Name);
        var replicas = services.Where(service => service != front).ToArray();

        // 1. Every replica is ready, or has settled without a model that is, or has ended.
        var settled = replicas.ToDictionary(replica => replica, replica => replica.SettledModelsAsync());
        var ready = await Task.WhenAll(replicas.Select(replica => IsReadyAsync(replica, settled[replica])));
        // 2. The gateway is ready only when a replica is.
        await front.AnswersAsync(ready.Any(isReady => isReady) ? "/ready" : "/alive");
        foreach (var service in services)
        {
            if (await service.EndAsync() is { } end) Console.Error.WriteLine($"Not everything started: {end}");
        }

        // 3. Where it is.
        Console.WriteLine();
        if (await front.EndAsync() is null)
        {
            Console.WriteLine($"Gateway    {front.Url}");
            Console.WriteLine($"API docs   {front.Url}/docs");
        }

        if (hasDashboard && await DashboardUrlAsync(created.Services, stopping) is { } dashboard) Console.WriteLine($"Dashboard  {dashboard}");
        Console.WriteLine($"Token      {await tokens.IssueAsync(DevelopmentToken.Request, stopping)}");

        // 4. What it serves.
        var found = new Dictionary<string, ModelState[]>();
        foreach (var (replica, states) in settled)
        {
            var known = await states;
            if (await replica.EndAsync() is null) found.Add(replica.Name, known);
        }

        foreach (var line in ModelLines.Of(found, platform.ModelsFolder)) Console.WriteLine(line);
    }

    private static async Task<bool> IsReadyAsync(StartingService replica, Task<ModelState[]> settled)
        => await replica.AnswersAsync("/ready", unless: settled) || ((await settled).Any(model => model.IsReady) && await replica.AnswersAsync("/ready"));

    /// <summary>The dashboard is a hidden resource; its link carries the login token. Null when it was not wanted or failed.</summary>
    private static async Task<string?> DashboardUrlAsync(IServiceProvider services, CancellationToken stopping)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            limit.CancelAfter(DashboardStartsWithin);
            var dashboard = await services.GetRequiredService<ResourceNotificationService>().WaitForResourceHealthyAsync("aspire-dashboard", WaitBehavior.StopOnResourceUnavailable, limit.Token);
            return dashboard.Snapshot.Urls.FirstOrDefault(url => url.Name is "http" or "https")?.Url;
        }
        catch (Exception e) when (e is DistributedApplicationException or OperationCanceledException)
        {
            return null;
        }
    }
}

internal static class NoticeExtensions
{
    public static void AddNotice(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> gateway, PlatformOptions platform, TokenTrust tokens, bool hasDashboard)
    {
        if (builder.ExecutionContext.IsPublishMode) return;
        Console.WriteLine("Starting …");
        var notice = new Notice(gateway, platform, tokens, hasDashboard);
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((created, cancellationToken) =>
        {
            _ = WriteAsync(created, created.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
            return Task.CompletedTask;
        });

        async Task WriteAsync(AfterResourcesCreatedEvent created, CancellationToken stopping)
        {
            try
            {
                await notice.WriteAsync(created, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Told to stop before everything was there: nobody waits for the notice any more.
            }
            catch (Exception e)
            {
                // Nothing else awaits this task, and a start that goes silent cannot be told from one that hangs.
                await Console.Error.WriteLineAsync($"The platform runs, but where is not known: {e.Message}");
            }
        }
    }
}
