using System.Threading.Channels;
using Gateway.Replicas;
using Microsoft.Extensions.Options;

namespace Gateway.Rollouts;

/// <summary>Moves rollouts on, every second and as soon as anything has changed. Every gateway does so: of those that take the same step one writes it.</summary>
internal sealed partial class RolloutController(
    RolloutBoard board, RolloutWriter writer, ReplicaPool pool, IOptions<RolloutPolicy> policy, TimeProvider time, ILogger<RolloutController> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // One is enough: what changes during a round is seen by the next one.
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!writer.HasStore) return;
        // Else a gateway that knows nothing yet would begin documents that there are.
        await board.Heard.WaitAsync(stoppingToken);
        board.Changed += OnBoardChanged;
        pool.Reviewed += Call;
        using var timer = time.CreateTimer(_ => Call(), null, Interval, Interval);
        try
        {
            do await StepAllAsync(stoppingToken);
            while (await _calls.Reader.ReadAsync(stoppingToken));
        }
        finally
        {
            board.Changed -= OnBoardChanged;
            pool.Reviewed -= Call;
        }
    }

    private void OnBoardChanged(Rollout rollout) => Call();

    private void Call() => _calls.Writer.TryWrite(true);

    private async Task StepAllAsync(CancellationToken cancellationToken)
    {
        var reports = ModelReports.Of(pool);
        foreach (var model in reports.Keys)
        {
            var known = board.Of(model);
            if (RolloutPlanner.Next(known, reports[model], time.GetUtcNow(), policy.Value) is not { } next) continue;
            // Who was slower looks again as soon as it has heard.
            if (await writer.SwapAsync(next, cancellationToken) == SwapOutcome.Swapped) Log(known, next);
        }
    }

    private void Log(Rollout? before, Rollout next)
    {
        if (next.History is not [var latest, ..] || before?.History.Contains(latest) == true) LogStep(next.Model, next.Active, Trying(next), next.Revision);
        else if (latest.Action is RolloutActions.Failed or RolloutActions.AutomaticRollback) LogTakenBack(latest.Action, next.Model, latest.Version, latest.Reason, next.Active);
        else LogEvent(latest.Action, next.Model, latest.Version, latest.Reason ?? "");
    }

    private static string Trying(Rollout rollout) => rollout.Trial is { } trial ? $"version {trial.Version} is in {trial.Stage}" : "nothing is tried";

    [LoggerMessage(EventId = 2600, Level = LogLevel.Information, Message = "{Model}: version {Active} is active, {Trial} (revision {Revision})")]
    private partial void LogStep(string model, string? active, string trial, long revision);

    [LoggerMessage(EventId = 2601, Level = LogLevel.Information, Message = "{Action} of {Model}, version {Version}. {Reason}")]
    private partial void LogEvent(string action, string model, string? version, string? reason);

    [LoggerMessage(EventId = 2602, Level = LogLevel.Warning, Message = "{Action} of {Model}, version {Version}: {Reason} Version {Active} is active")]
    private partial void LogTakenBack(string action, string model, string? version, string? reason, string? active);
}
