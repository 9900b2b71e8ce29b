using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StandIns.Tests.OpenTelemetry;

public sealed class AddOpenTelemetryTests
{
    private readonly string _name = $"StandIns.{Guid.NewGuid():N}";

    [Fact]
    public async Task Host_WithAllThreeSignals_ExportsThemWithTheResource()
    {
        var spans = new Kept<Activity>(a => a.DisplayName);
        var metrics = new Kept<Metric>(m => m.Name);
        var logs = new Kept<LogRecord>(l => l.FormattedMessage ?? "");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("the-service"))
            .WithTracing(t => t.AddSource(_name).AddProcessor(new SimpleActivityExportProcessor(spans)))
            .WithMetrics(m => m.AddMeter(_name).AddReader(new BaseExportingMetricReader(metrics)))
            .WithLogging(l => l.AddProcessor(new SimpleLogRecordExportProcessor(logs)), o => o.IncludeFormattedMessage = true);
        using var host = builder.Build();
        await host.StartAsync();

        using (var source = new ActivitySource(_name)) source.StartActivity("work")?.Dispose();
        using var meter = new Meter(_name);
        meter.CreateCounter<long>("done").Add(1);
        host.Services.GetRequiredService<ILogger<AddOpenTelemetryTests>>().LogInformation("said {Word}", "hello");
        host.Services.GetRequiredService<MeterProvider>().ForceFlush();
        await host.StopAsync();

        Assert.Equal(["work"], spans.Names);
        Assert.Contains("done", metrics.Names);
        Assert.Contains("said hello", logs.Names);
        Assert.All([spans.Service, metrics.Service, logs.Service], service => Assert.Equal("the-service", service));
    }

    [Fact]
    public async Task Providers_AreBuiltBeforeOtherHostedServicesStart()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var spans = new Kept<Activity>(a => a.DisplayName);
        builder.Services.AddSingleton<IHostedService>(new Early(_name));
        builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource(_name).AddProcessor(new SimpleActivityExportProcessor(spans)));
        using var host = builder.Build();
        await host.StartAsync();
        await host.StopAsync();

        Assert.Equal(["started early"], spans.Names);
    }

    [Fact]
    public void AddOpenTelemetry_CalledTwice_AddsOneHostedServiceAndOneProvider()
    {
        var services = new ServiceCollection();
        services.AddOpenTelemetry().WithTracing(_ => { });
        services.AddOpenTelemetry().WithTracing(_ => { });

        Assert.Single(services, s => s.ServiceType == typeof(IHostedService));
        Assert.Single(services, s => s.ServiceType == typeof(TracerProvider));
    }

    [Fact]
    public async Task Container_WhenDisposed_FlushesWhatWasBatched()
    {
        var spans = new Kept<Activity>(a => a.DisplayName);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource(_name).AddProcessor(new BatchActivityExportProcessor(spans, scheduledDelayMilliseconds: 600_000)));
        using (var host = builder.Build())
        {
            await host.StartAsync();
            using var source = new ActivitySource(_name);
            source.StartActivity("late")?.Dispose();
            Assert.Empty(spans.Names);
            await host.StopAsync();
        }

        Assert.Equal(["late"], spans.Names);
    }

    private sealed class Early(string source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            using var own = new ActivitySource(source);
            own.StartActivity("started early")?.Dispose();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Kept<T>(Func<T, string> name) : BaseExporter<T>
        where T : class
    {
        private readonly List<string> _names = [];

        public IReadOnlyList<string> Names
        {
            get
            {
                lock (_names) return [.. _names];
            }
        }

        public string? Service { get; private set; }

        public override ExportResult Export(in Batch<T> batch)
        {
            lock (_names)
                foreach (var item in batch) _names.Add(name(item));
            Service = ParentProvider.GetResource().Attributes.FirstOrDefault(a => a.Key == "service.name").Value as string;
            return ExportResult.Success;
        }
    }
}
