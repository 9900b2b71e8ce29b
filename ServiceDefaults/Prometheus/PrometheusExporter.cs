using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ServiceDefaults.Prometheus;

/// <summary>Turns one collection of the host's meters into Prometheus text, when asked. Scrapes take turns.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private PrometheusFormat _format = PrometheusFormat.Text;
    private string _text = "";

    /// <summary>Set by the reader that this exporter is given to.</summary>
    public Func<int, bool>? Collect { get; set; }

    public async Task<string> ScrapeAsync(PrometheusFormat format, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Collect is not { } collect) return "";
            _format = format;
            // Instruments are read synchronously, some from /proc: not on the request's thread while it holds others up.
            if (!await Task.Run(() => collect(Timeout.Infinite), cancellationToken)) throw new InvalidOperationException("The meters could not be read.");
            return _text;
        }
        finally
        {
            _turn.Release();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new StringBuilder(_text.Length + 1024);
        var writer = new PrometheusText(text, _format);
        writer.WriteResource(ParentProvider.GetResource());
        var metrics = new List<Metric>();
        foreach (var metric in batch) metrics.Add(metric);
        foreach (var family in metrics.GroupBy(PrometheusNames.Family)) writer.WriteFamily(family.Key, [.. family]);
        writer.End();
        _text = text.ToString();
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _turn.Dispose();
        base.Dispose(disposing);
    }
}
