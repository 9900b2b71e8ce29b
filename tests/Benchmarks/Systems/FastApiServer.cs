using System.Net;
using Benchmarks.Models;

namespace Benchmarks.Systems;

/// <summary>The usual Python design: FastAPI, uvicorn, PyTorch eager and a batcher that waits for 8 requests or 100 ms.</summary>
internal sealed class FastApiServer(int workers, int threads) : IServedSystem
{
    public static readonly FastApiServer[] Configurations = [new(1, 1), new(1, 2), new(2, 1)];

    public string Name => $"fastapi w{workers} t{threads}";

    public bool Serves(ModelVariant variant) => variant.Precision == "fp32";

    public async Task<RunningServer> StartAsync(ModelVariant variant, CancellationToken cancellation)
    {
        var port = RunningServer.FreePort();
        var environment = new Dictionary<string, string>
        {
            ["MODEL"] = variant.Graph,
            ["IDS"] = ModelStore.IdsFile,
            ["TRAINING"] = ModelStore.Training,
            ["THREADS"] = threads.ToString(),
            ["OMP_NUM_THREADS"] = threads.ToString(),
            ["OPENBLAS_NUM_THREADS"] = threads.ToString(),
            ["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-pthread",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        var process = ChildProcess.Start(
            "fastapi", Path.Combine(BenchmarkPaths.Rivals, "fastapi"), environment,
            BenchmarkPaths.Python, "-m", "uvicorn", "server:app", "--host", "127.0.0.1", "--port", $"{port}", "--workers", $"{workers}", "--no-access-log", "--log-level", "warning");
        var server = new RunningServer(new(IPAddress.Loopback, port), token: null, process);
        await server.WhenReadyAsync("/ready", cancellation);
        // One worker answers before the others have loaded.
        if (workers > 1) await Task.Delay(3000, cancellation);
        return server;
    }
}
