using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Threading.Channels;
using Gateway.Telemetry;
using Microsoft.Extensions.Options;

namespace Gateway.Audit;

/// <summary>Queues lines without waiting and writes them in the background. Queued lines are written before the process ends.</summary>
internal sealed partial class AuditLog : BackgroundService
{
    /// <summary>The category of exported lines; the console does not show it.</summary>
    public const string ExportCategory = "Audit";

    private readonly Channel<AuditLine> _lines;
    private readonly AuditOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditLog> _logger;
    private readonly ILogger _export;
    private readonly Counter<long> _written;
    private readonly Counter<long> _dropped;

    public AuditLog(IOptions<AuditOptions> options, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options.Value;
        _time = time;
        _logger = loggers.CreateLogger<AuditLog>();
        _export = loggers.CreateLogger(ExportCategory);
        _lines = Channel.CreateBounded<AuditLine>(new BoundedChannelOptions(_options.QueueLength) { SingleReader = true });
        var meter = meters.Create(GatewayMetrics.MeterName);
        _written = meter.CreateCounter<long>("gateway.audit.written", "{line}", "Audit lines written.");
        _dropped = meter.CreateCounter<long>("gateway.audit.dropped", "{line}", "Audit lines lost because the disk was too slow or failed.");
    }

    public bool IsEnabled => _options.IsEnabled;

    public void Write(AuditLine line)
    {
        if (!_lines.Writer.TryWrite(line)) _dropped.Add(1);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The server has stopped before: no line comes any more.
        _lines.Writer.TryComplete();
        if (ExecuteTask is { } writing) await writing.WaitAsync(cancellationToken);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled) return;
        await using var file = _options.Folder is { Length: > 0 } ? new AuditFile(_options, _time) : null;
        var buffer = new ArrayBufferWriter<byte>();
        // Not the stopping token: the queue is written to its end.
        while (await _lines.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_lines.Reader.TryRead(out var line)) await WriteAsync(line, file, buffer);
            if (file is not null) Count(await file.FlushAsync());
        }
    }

    private async Task WriteAsync(AuditLine line, AuditFile? file, ArrayBufferWriter<byte> buffer)
    {
        if (_options.Export) _export.Log(LogLevel.Information, default, line.Attributes(), null, static (_, _) => "Request");
        if (file is null) return;
        buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(buffer)) JsonSerializer.Serialize(json, line, AuditJson.Default.AuditLine);
        buffer.Write("\n"u8);
        Count(await file.AppendAsync(buffer.WrittenMemory));
    }

    private void Count(AuditBatch batch)
    {
        _written.Add(batch.Written);
        if (batch.Lost == 0) return;
        _dropped.Add(batch.Lost);
        LogFailed(_logger, batch.Lost, batch.Reason);
    }

    [LoggerMessage(EventId = 2500, Level = LogLevel.Error, Message = "{Count} audit lines could not be written ({Reason})")]
    private static partial void LogFailed(ILogger logger, int count, string? reason);
}
