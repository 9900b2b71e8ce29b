using Microsoft.Extensions.Options;
using ServiceDefaults.Drift;

namespace ModelServer.Drift;

/// <summary>Makes the comparisons that are due, and tells when an alarm begins and ends.</summary>
internal sealed partial class DriftCheck(
    DriftWatches watches, BaselineStore store, DriftMetrics metrics, IOptions<DriftOptions> options, TimeProvider time, ILogger<DriftCheck> logger) : BackgroundService
{
    // Nothing calls it: it lives as long as its gauges are read.
    private readonly DriftMetrics _metrics = metrics;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var watch in watches.All)
            {
                try
                {
                    await store.SyncAsync(watch, stoppingToken);
                    Look(watch);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(watch.Reference, e);
                }
            }
        }
    }

    internal void Look(VersionWatch watch)
    {
        if (!watch.IsLookDue) return;
        var before = watch.Look?.IsAlarm ?? false;
        var look = DriftLook.Of([watch.Tell()], watches.Settings);
        watch.Look = look;
        if (look.IsAlarm && !before) LogAlarm(watch.Reference, string.Join(", ", look.Features.Where(f => f.Alarm).Select(f => FormattableString.Invariant($"{f.Feature} (p {f.AdjustedPValue:G2})"))));
        else if (before && !look.IsAlarm) LogCleared(watch.Reference);
    }

    [LoggerMessage(EventId = 1500, Level = LogLevel.Warning, Message = "Drift: what {Model} gets or answers is not what it was at first, by {Features}. GET /admin/models/{{name}}/drift says more")]
    private partial void LogAlarm(string model, string features);

    [LoggerMessage(EventId = 1501, Level = LogLevel.Information, Message = "Drift: what {Model} gets and answers is again what it was at first")]
    private partial void LogCleared(string model);

    [LoggerMessage(EventId = 1502, Level = LogLevel.Error, Message = "Drift of {Model} could not be looked at")]
    private partial void LogFailed(string model, Exception exception);
}
