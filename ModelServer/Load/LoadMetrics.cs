using System.Diagnostics.Metrics;
using ModelServer.Generation;
using ModelServer.Models;

namespace ModelServer.Load;

/// <summary>Measures what waits and what is loaded, whenever the meter is read. Models and versions are those of the catalog. The gauges of
/// <c>modelserver.*</c> have no labels: schedulers such as the endpoint picker of the Gateway API inference extension read one series of each.</summary>
internal sealed class LoadMetrics
{
    private static readonly ModelState[] States = Enum.GetValues<ModelState>();

    public LoadMetrics(IMeterFactory meters, ModelCatalog catalog, LoadMeter load)
    {
        var meter = meters.Create("ModelServer");
        meter.CreateObservableGauge("model.queue.sequences", () => ByModel(catalog, m => m.Waiting), "{sequence}", "Sequences that wait for the engine.");
        meter.CreateObservableGauge("model.queue.tokens", () => ByModel(catalog, m => m.PendingTokens), "{token}", "Tokens admitted and not yet answered.");
        meter.CreateObservableGauge("model.kv_cache.usage", () => CacheUse(catalog), "1", "The part of the key-value cache in use.");
        meter.CreateObservableGauge("model.lone_threads", () => ByModel(catalog, m => m.LoneThreads), "{thread}", "Threads of a run that has the machine to itself; 1 where all runs are alike.");
        meter.CreateObservableGauge("model.state", () => StatesOf(catalog), "{version}", "1 for the state that a version is in, 0 for every other.");
        meter.CreateObservableGauge("modelserver.queued_requests", () => catalog.Versions.Sum(v => v.Loaded?.Waiting ?? 0), "{request}", "Sequences of all models that wait.");
        meter.CreateObservableGauge("modelserver.running_requests", () => load.InFlight, "{request}", "Requests being answered.");
        meter.CreateObservableGauge("modelserver.kv_cache.usage", () => catalog.Versions.Select(v => v.Loaded?.CacheUse ?? 0).DefaultIfEmpty().Max(), "1", "The part of the key-value cache in use of the generator that is fullest.");
    }

    // A version that is not loaded is reported too: what is left out would keep its last value.
    private static IEnumerable<Measurement<long>> ByModel(ModelCatalog catalog, Func<LoadedModel, long> value)
        => catalog.Versions.Select(v => new Measurement<long>(v.Loaded is { } loaded ? value(loaded) : 0, new KeyValuePair<string, object?>("model", v.Reference)));

    private static IEnumerable<Measurement<double>> CacheUse(ModelCatalog catalog) => catalog.Versions.Where(v => v.ServedTask == GenerationTask.Id)
        .Select(v => new Measurement<double>(v.Loaded?.CacheUse ?? 0, new KeyValuePair<string, object?>("model", v.Reference)));

    private static IEnumerable<Measurement<int>> StatesOf(ModelCatalog catalog) => catalog.Versions.SelectMany(version =>
    {
        var now = version.State;
        return States.Select(state => new Measurement<int>(state == now ? 1 : 0, new("model", version.Reference), new("state", state.ToString().ToLowerInvariant())));
    });
}
