using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Testing;

/// <summary>Compares what a service measures with the tables of docs/observability.md.</summary>
public sealed class MetricsDocument : IDisposable
{
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();
    private readonly MeterListener _listener = new();

    /// <param name="meters">The service's own: there are others in this process.</param>
    public MetricsDocument(IMeterFactory meters, string meter)
    {
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == meter && instrument.Meter.Scope == meters) _instruments[instrument.Name] = instrument;
        };
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <returns>What a section says of instruments and is not so, and instruments that no section has.</returns>
    public string[] Faults(string section)
    {
        var documented = DocumentedMetric.All.ToDictionary(m => m.Instrument);
        return
        [
            .. _instruments.Values.Where(i => !documented.TryGetValue(i.Name, out var row) || row.Kind != KindOf(i) || row.Unit != (i.Unit ?? "")).Select(i => $"{i.Name} ({KindOf(i)}, {i.Unit}) is not in the document so."),
            .. DocumentedMetric.All.Where(row => row.Section == section && !_instruments.ContainsKey(row.Instrument)).Select(row => $"{row.Instrument} does not exist."),
        ];
    }

    /// <returns>Families that are of another kind, or have another label, than the document says.</returns>
    public static string[] Faults(Scrape scrape) =>
    [
        .. DocumentedMetric.All.Where(row => scrape.Families.TryGetValue(row.Family, out var type) && type != row.Kind).Select(row => $"{row.Family} is no {row.Kind}."),
        .. DocumentedMetric.All.SelectMany(row => scrape.LabelsOf(row.Family).Except(row.Labels).Select(label => $"{row.Family} has the label {label}.")),
    ];

    /// <returns>The documented families of a section of which the scrape has no series.</returns>
    public static string[] Silent(string section, Scrape scrape)
        => [.. DocumentedMetric.All.Where(row => row.Section == section && !scrape.Families.ContainsKey(row.Family)).Select(row => row.Family).Order(StringComparer.Ordinal)];

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        _ => "gauge",
    };
}
