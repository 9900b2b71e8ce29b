using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes aspire-manifest.json, the description of the application that deployment tools read, and ends the host.</summary>
internal sealed class ManifestPublisher(DistributedApplicationModel model, DistributedApplicationExecutionContext execution, IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<ManifestPublisher> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (execution.PublisherName != "manifest") throw new NotSupportedException($"The publisher '{execution.PublisherName}' is not available in offline mode; 'manifest' is.");
        var path = configuration["Pipeline:OutputPath"] ?? throw new DistributedApplicationException("The '--output-path [path]' option was not specified even though manifest publishing was requested.");
        if (!path.EndsWith(".json", StringComparison.Ordinal)) path = Path.Combine(path, "aspire-manifest.json");
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (var file = File.Create(path))
        await using (var writer = new Utf8JsonWriter(file, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            await new ManifestWriter(new(execution, path, writer, cancellationToken)).WriteAsync(model).ConfigureAwait(false);
        }

        logger.LogInformation("Published manifest to: {Path}", path);
        lifetime.StopApplication();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
