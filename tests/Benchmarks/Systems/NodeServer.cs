using System.Net;
using Benchmarks.Models;

namespace Benchmarks.Systems;

/// <summary>Node's http module with onnxruntime-node.</summary>
/// <param name="batching">Run everything queued as one batch padded to its longest, at most 32; else one run per request.</param>
internal sealed class NodeServer(bool batching) : IServedSystem
{
    public string Name => batching ? "node batch" : "node single";

    public bool Serves(ModelVariant variant) => variant.Precision == "fp32";

    public async Task<RunningServer> StartAsync(ModelVariant variant, CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        var environment = new Dictionary<string, string>
        {
            ["MODEL"] = variant.Graph,
            ["IDS"] = ModelStore.IdsFile,
            ["BATCH"] = batching ? "32" : "1",
            ["PORT"] = port.ToString(),
            ["PACKAGES"] = ModelStore.NodePackages,
        };
        var process = ChildProcess.Start("node", Path.Combine(BenchmarkPaths.Rivals, "node"), environment, "node", "server.mjs");
        return await new RunningServer(new(IPAddress.Loopback, port), token: null, process).WhenReadyAsync("/ready", cancellation);
    }
}
