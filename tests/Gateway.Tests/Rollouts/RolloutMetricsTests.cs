using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Rollouts;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Rollouts;

public sealed class RolloutMetricsTests
{
    [Fact]
    public async Task Changes_AndWhatIsActive_AreShown()
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        var (board, store) = (new RolloutBoard(), new MemoryRollouts());
        var writer = new RolloutWriter(board, new(meters, board), store);
        var context = new CommandContext(Told.By("1:ready 2:ready"), Told.Now, "operator", Told.Policy);
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = Listen(meters, seen);

        await writer.ChangeAsync(Told.Model, r => RolloutCommands.Activate(r, "1", context), default);
        await writer.ChangeAsync(Told.Model, r => RolloutCommands.Rollback(r, context), default);
        await writer.ChangeAsync(Told.Model, r => RolloutCommands.Canary(r, "1", 10, context), default);
        await writer.ChangeAsync(Told.Model, r => RolloutCommands.Canary(r, "1", 10, context), default);
        listener.RecordObservableInstruments();

        Assert.Equal(
            ["gateway.rollout.active m 2 = 1", "gateway.rollout.traffic m 1 = 10", "gateway.rollout.traffic m 2 = 90", "gateway.rollouts activate = 1", "gateway.rollouts canary = 1", "gateway.rollouts rollback = 1"],
            seen.Select(s => $"{s.Key} = {s.Value}").Order(StringComparer.Ordinal));
    }

    private static MeterListener Listen(IMeterFactory ours, ConcurrentDictionary<string, double> seen)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == ours) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            => seen.AddOrUpdate($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(t => t.Value))}", value, (_, sum) => sum + value);
    }
}
