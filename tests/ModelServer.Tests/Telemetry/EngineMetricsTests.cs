using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Caching;
using ModelServer.Encoders;
using ModelServer.Runtime;
using ModelServer.Telemetry;
using ModelServer.Tests.Encoders;
using ServiceDefaults.Redis;
using Testing;

namespace ModelServer.Tests.Telemetry;

public sealed class EngineMetricsTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<GpuMemory>().AddSingleton<ReplicaTotals>().AddSingleton<ModelServerMetrics>().BuildServiceProvider();
    private readonly MeasuredCounts _counts;

    public EngineMetricsTests() => _counts = new(Meters);

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    [Fact]
    public async Task Run_ForCallersWhoHaveLeft_IsCountedAsWasted()
    {
        var queue = BatchQueues.Queue(new InferenceOptions { BatchTokens = 128 }, TimeProvider.System);
        using var loop = new BatchLoop("tiny:1", 1, queue, TinyEncoder.Classifier(), _services.GetRequiredService<ModelServerMetrics>(), TimeProvider.System, NullLogger.Instance);
        var (left, waited) = (TinyEncoder.Sequence(9), TinyEncoder.Sequence(5));
        left.Abandon();

        queue.Add([left, waited]);
        await waited.Completion.WaitAsync(Patience);

        await Eventually.HoldsAsync(() => _counts["model.batch.tokens model=tiny:1"] == 14);
        await Eventually.HoldsAsync(() => _counts["model.wasted_tokens model=tiny:1"] == 9);
    }

    [Fact]
    public void Padding_OfABatch_IsRowsTimesTheLongestWithoutTheTokens()
    {
        using var batch = new Batch([TinyEncoder.Sequence(9), TinyEncoder.Sequence(5), TinyEncoder.Sequence(4)], BatchClosed.Full);

        _services.GetRequiredService<ModelServerMetrics>().BatchRan("a:1", batch.Sequences.Count, batch.Tokens, batch.PaddedTokens, "full");

        Assert.Equal(27, batch.PaddedTokens);
        Assert.Equal((27, 9, 3), (_counts["model.batch.padded_tokens model=a:1"], _counts["model.padding_tokens model=a:1"], _counts["model.batch.sequences model=a:1 closed=full"]));
    }

    [Fact]
    public void Redis_ThatDoesNotAnswer_IsAnErrorByWhy()
    {
        var metrics = new CacheMetrics(Meters, new MemoryRows(Options.Create(new CacheOptions()), TimeProvider.System), new ReplicaTotals());

        foreach (var outcome in Enum.GetValues<RedisOutcome>()) metrics.RedisRead(outcome, TimeSpan.FromMilliseconds(2));

        Assert.Equal((1, 1, 1), (_counts["cache.errors kind=timeout"], _counts["cache.errors kind=error"], _counts["cache.errors kind=skipped"]));
        // What was not asked took no time.
        Assert.Equal((0.002, 0), (_counts["cache.redis.duration outcome=ok"], _counts["cache.redis.duration outcome=skipped"]));
    }

    public void Dispose()
    {
        _counts.Dispose();
        _services.Dispose();
    }
}
