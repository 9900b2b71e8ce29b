using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ModelServer.Tests.Telemetry;

/// <summary>Sums what the instruments of one factory record.</summary>
internal sealed class MeasuredCounts : IDisposable
{
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly MeterListener _listener = new();

    public MeasuredCounts(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <param name="series">The instrument's name and its labels, such as <c>model.requests model=a:1</c>.</param>
    public double this[string series] => _sums.GetValueOrDefault(series);

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = instrument.Name;
        foreach (var (name, label) in tags) key += $" {name}={label}";
        _sums.AddOrUpdate(key, value, (_, sum) => sum + value);
    }
}
