using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Rollouts;

/// <summary>Keeps the board as the store has it: told of changes by the store, and asking for them now and then. What the store has lost it gets back.</summary>
/// <param name="store">Null where rollouts are kept nowhere.</param>
internal sealed partial class RolloutFeed(RolloutBoard board, IOptions<RolloutOptions> options, TimeProvider time, ILogger<RolloutFeed> logger, IRolloutStore? store = null) : BackgroundService
{
    /// <summary>Redis is connected to while the service starts: until something is known it is asked again soon.</summary>
    private static readonly TimeSpan StartInterval = TimeSpan.FromMilliseconds(50);

    // The copy for the time in which Redis is away; where there is no Redis the folder is the store itself.
    private readonly FolderRollouts? _copy = store is RedisRollouts && options.Value.Folder is { } folder ? new(folder, time) : null;
    private TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is null)
        {
            board.MarkHeard();
            return;
        }

        using var subscription = store.Subscribe(() => Volatile.Read(ref _told).TrySetResult());
        while (!stoppingToken.IsCancellationRequested)
        {
            // Before reading: what is told meanwhile has another look taken.
            Volatile.Write(ref _told, new(TaskCreationOptions.RunContinuationsAsynchronously));
            try
            {
                await SynchroniseAsync(store, stoppingToken);
                await _told.Task.WaitAsync(board.Heard.IsCompleted ? options.Value.PollInterval : StartInterval, time, stoppingToken);
            }
            catch (TimeoutException)
            {
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(e);
                await Task.Delay(options.Value.PollInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SynchroniseAsync(IRolloutStore store, CancellationToken cancellationToken)
    {
        var stored = await store.ReadAsync(cancellationToken);
        if (stored is not null) Hear(stored);
        if (!board.Heard.IsCompleted && _copy is not null && await _copy.ReadAsync(cancellationToken) is { Count: > 0 } copied)
        {
            Hear(copied);
            board.MarkHeard();
        }

        if (stored is null) return;
        board.MarkHeard();
        var there = stored.ToDictionary(r => r.Model, r => r.Revision, StringComparer.Ordinal);
        foreach (var lost in board.All.Values.Where(r => there.GetValueOrDefault(r.Model) < r.Revision))
        {
            LogRestored(lost.Model, lost.Revision);
            await store.RestoreAsync(lost, cancellationToken);
        }
    }

    private void Hear(IEnumerable<Rollout> rollouts)
    {
        foreach (var rollout in rollouts)
            if (board.Hear(rollout) && _copy is not null) _ = _copy.RestoreAsync(rollout, CancellationToken.None).AsTask();
    }

    [LoggerMessage(EventId = 3300, Level = LogLevel.Warning, Message = "Revision {Revision} of the rollout of {Model} was lost and is written again")]
    private partial void LogRestored(string model, long revision);

    [LoggerMessage(EventId = 3301, Level = LogLevel.Error, Message = "The rollouts could not be read")]
    private partial void LogFailed(Exception exception);
}
