using System.Diagnostics.Metrics;
using System.Text.Json;
using Gateway.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Testing;

namespace Gateway.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("audit-log-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddLogging().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counts = [];

    public AuditLogTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            lock (_counts) _counts[instrument.Name] = _counts.GetValueOrDefault(instrument.Name) + value;
        });
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Lines_TakenBeforeTheStop_AreWrittenInTheirOrder()
    {
        using var log = Create(new() { Folder = _folder });
        await log.StartAsync(default);

        for (var i = 0; i < 1000; i++) log.Write(Line($"{i}"));
        await log.StopAsync(default);

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"\"request_id\":\"{i}\""), Written().Select(l => l[l.IndexOf("\"request_id\"", StringComparison.Ordinal)..].Split(',')[0]));
        Assert.Equal(1000, Count("gateway.audit.written"));
        Assert.Equal(0, Count("gateway.audit.dropped"));
    }

    [Fact]
    public async Task Lines_BeyondTheQueue_AreDroppedAndCounted()
    {
        using var log = Create(new() { Folder = _folder, QueueLength = 3 });
        for (var i = 0; i < 10; i++) log.Write(Line($"{i}"));

        await log.StartAsync(default);
        await log.StopAsync(default);

        Assert.Equal(3, Written().Length);
        Assert.Equal((3, 7), (Count("gateway.audit.written"), Count("gateway.audit.dropped")));
    }

    [Fact]
    public async Task Log_WithoutAFolderOrAnExport_WritesNothing()
    {
        using var log = Create(new());
        Assert.False(log.IsEnabled);

        await log.StartAsync(default);
        await log.StopAsync(default);

        Assert.Empty(Directory.GetFiles(_folder));
    }

    /// <summary>The line in which the disk ended was cut in two, and the first one after it was glued to its first half.</summary>
    [NeedsFact(Need.SmallDisk)]
    public async Task DiskFull_LosesWholeLines_CountsThem_AndIsOverWhenThereIsRoom()
    {
        using var disk = SmallDisk.Mount(_folder);
        using var log = Create(new() { Folder = _folder, FileBytes = 1 << 30 });
        await log.StartAsync(default);
        log.Write(Line("before"));
        await Eventually.HoldsAsync(() => Count("gateway.audit.written") == 1);

        disk.Fill();
        for (var i = 0; i < 500; i++) log.Write(Line($"{i}"));
        await Eventually.HoldsAsync(() => Count("gateway.audit.written") + Count("gateway.audit.dropped") == 501);
        disk.Free();
        log.Write(Line("after"));
        await log.StopAsync(default);

        Assert.True(Count("gateway.audit.dropped") > 0);
        Assert.Equal(502, Count("gateway.audit.written") + Count("gateway.audit.dropped"));
        Assert.Equal(Count("gateway.audit.written"), Written().Length);
        Assert.All(Written(), line => JsonDocument.Parse(line).Dispose());
        Assert.Contains("after", Written()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_ThatAreFull_AreClosedAndTheOldestDeleted()
    {
        using var log = Create(new() { Folder = _folder, FileBytes = 1024, KeptFiles = 2 });
        await log.StartAsync(default);

        for (var i = 0; i < 100; i++) log.Write(Line($"{i}"));
        await log.StopAsync(default);

        Assert.Equal(3, Directory.GetFiles(_folder).Length);
        Assert.All(Directory.GetFiles(_folder), f => Assert.InRange(new FileInfo(f).Length, 1, 1024));
        Assert.Contains("\"request_id\":\"99\"", Written().Last(), StringComparison.Ordinal);
    }

    private AuditLog Create(AuditOptions options)
        => new(Options.Create(options), _services.GetRequiredService<IMeterFactory>(), new ManualTimeProvider(), _services.GetRequiredService<ILoggerFactory>());

    private long Count(string name)
    {
        lock (_counts) return _counts.GetValueOrDefault(name);
    }

    private string[] Written() => File.ReadAllLines(Path.Combine(_folder, "audit.jsonl"));

    private static AuditLine Line(string id) => new(default, id, null, "alice", null, "POST", "/predict", null, null, 200, null, null, null, null, 1, null);
}
