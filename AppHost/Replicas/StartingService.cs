using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Replicas;

/// <summary>A service from the moment its process is made until it serves or has ended; asked directly, since the host's own checks look seldom.</summary>
internal sealed class StartingService(ProjectResource service, ReplicaModels models, IServiceProvider services, CancellationToken stopping)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Looking through the folder takes milliseconds: whoever lists nothing for longer has nothing.</summary>
    private static readonly TimeSpan FindsModelsWithin = TimeSpan.FromSeconds(2);

    private readonly Task<ResourceEvent> _end = services.GetRequiredService<ResourceNotificationService>()
        .WaitForResourceAsync(service.Name, changed => KnownResourceStates.TerminalStates.Contains(changed.Snapshot.State?.Text), stopping);

    public string Name => service.Name;

    public string Url => service.GetEndpoint("http").Url;

    /// <param name="unless">What makes waiting pointless.</param>
    /// <returns>True when it answers 200 there, false when it ended, or waiting became pointless, before it did.</returns>
    public Task<bool> AnswersAsync(string path, Task? unless = null) => UntilEndAsync(() => models.IsOkAsync(Url + path, stopping), unless);

    /// <returns>Its models once none is loading any more; those seen last, if any, when it ended before.</returns>
    public async Task<ModelState[]> SettledModelsAsync()
    {
        ModelState[] found = [];
        long? answersSince = null;
        await UntilEndAsync(async () =>
        {
            if (await models.AskAsync(Url, stopping) is not { } answer) return false;
            found = answer;
            answersSince ??= Environment.TickCount64;
            return found.Length > 0 ? !found.Any(model => model.IsLoading) : Environment.TickCount64 - answersSince > FindsModelsWithin.TotalMilliseconds;
        });
        return found;
    }

    /// <returns>How it ended, with the reason that its log gives; null while it runs.</returns>
    public async Task<string?> EndAsync()
    {
        if (!_end.IsCompletedSuccessfully) return null;
        var snapshot = (await _end).Snapshot;
        var how = snapshot.ExitCode is { } code ? $"ended with exit code {code}" : "could not be started";
        var reason = LogReason.Find(await ReadLogAsync());
        return reason is null ? $"{Name} {how}." : $"{Name} {how}: {reason}";
    }

    private async Task<bool> UntilEndAsync(Func<Task<bool>> isDone, Task? unless = null)
    {
        while (!await isDone())
        {
            if (_end.IsCompleted || unless is { IsCompleted: true }) return false;
            await Task.Delay(Pause, stopping);
        }

        return true;
    }

    private async Task<string[]> ReadLogAsync()
    {
        List<string> lines = [];
        await foreach (var batch in services.GetRequiredService<ResourceLoggerService>().GetAllAsync(service).WithCancellation(stopping))
            lines.AddRange(batch.Select(line => line.Content));
        return [.. lines];
    }
}
