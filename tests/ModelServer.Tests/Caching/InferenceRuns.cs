using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace ModelServer.Tests.Caching;

/// <summary>Counts the requests of one server for which the engine ran, as its metrics tell.</summary>
internal sealed class InferenceRuns : IDisposable
{
    private readonly MeterListener _listener = new();
    private int _count;

    public InferenceRuns(IServiceProvider services)
    {
        // The factory hands out the meter that this server's instruments were made with.
        var meter = services.GetRequiredService<IMeterFactory>().Create("ModelServer");
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument.Name == "model.infer.duration") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _count));
        _listener.Start();
    }

    public int Count => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
