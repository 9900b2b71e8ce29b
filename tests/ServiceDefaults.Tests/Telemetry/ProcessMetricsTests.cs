using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace ServiceDefaults.Tests.Telemetry;

public class ProcessMetricsTests
{
    [Fact]
    public void Uptime_CountsFromTheProcessStart_ByTheClockThatRunsForward()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var process = Process.GetCurrentProcess();
        var clock = new SetClock(process.StartTime.ToUniversalTime() + TimeSpan.FromMinutes(1));
        using var metrics = new ProcessMetrics(meters, clock);
        var uptime = 0.0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == meters && instrument.Name == "process.uptime") self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => uptime = value);
        listener.Start();

        listener.RecordObservableInstruments();
        Assert.Equal(60, uptime, 3);
        clock.Inner.Advance(TimeSpan.FromSeconds(30));
        clock.Offset = TimeSpan.FromHours(-1);
        listener.RecordObservableInstruments();
        Assert.Equal(90, uptime, 3);
    }

    /// <summary>A clock whose wall time can be set without time passing.</summary>
    private sealed class SetClock(DateTimeOffset start) : TimeProvider
    {
        public ManualTimeProvider Inner { get; } = new(start);

        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => Inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => Inner.GetUtcNow() + Offset;

        public override long GetTimestamp() => Inner.GetTimestamp();
    }
}
