using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceDefaults.Drift;
using StackExchange.Redis;

namespace ModelServer.Drift;

/// <summary>The baselines that model servers share in Redis: the one that is complete first becomes that of all, and a server that was restarted goes on with it.
/// Without Redis each keeps its first observations, and gateways merge those. Called in the background alone.</summary>
/// <param name="redis">Null where none is configured.</param>
internal sealed class BaselineStore(BoundedRedis? redis, TimeProvider time)
{
    /// <summary>How long a baseline is kept that no server uses any more.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Takes over what others stored, stores what has become complete, and keeps what is in use.</summary>
    public async Task SyncAsync(VersionWatch watch, CancellationToken cancellationToken)
    {
        if (redis is null) return;
        if (watch.Stored is { } stored)
        {
            var kept = await redis.TryAsync(database => database.KeyExpireAsync(KeyOf(watch), Lifetime), cancellationToken);
            // Redis was emptied.
            if (kept is { Came: true, Value: false }) await SaveAsync(watch, stored, When.NotExists, cancellationToken);
            return;
        }

        var answer = await redis.TryAsync(database => database.StringGetAsync(KeyOf(watch)), cancellationToken);
        if (!answer.Came) return;
        if (Read(answer.Value) is { } shared && shared.Fingerprint == watch.Fingerprint && DriftBaselines.Fault(shared.Baseline, watch.Features, watch.Labels) is null)
            watch.Store(shared.Baseline, isOwn: false);
        else if (watch.Complete(time.GetUtcNow()) is { } complete
            && await SaveAsync(watch, complete, answer.Value.IsNull ? When.NotExists : When.Always, cancellationToken) is { Came: true, Value: true }) watch.Store(complete, isOwn: true);
    }

    /// <summary>Stores a baseline in place of any other.</summary>
    public async Task ReplaceAsync(VersionWatch watch, DriftBaseline baseline, CancellationToken cancellationToken)
    {
        watch.Store(baseline, isOwn: false);
        await SaveAsync(watch, baseline, When.Always, cancellationToken);
    }

    /// <summary>Forgets the baseline and all observations.</summary>
    public async Task ResetAsync(VersionWatch watch, CancellationToken cancellationToken)
    {
        if (redis is not null) await redis.TryAsync(database => database.KeyDeleteAsync(KeyOf(watch)), cancellationToken);
        watch.Reset();
    }

    private async Task<RedisAnswer<bool>> SaveAsync(VersionWatch watch, DriftBaseline baseline, When when, CancellationToken cancellationToken)
    {
        if (redis is null) return default;
        var text = JsonSerializer.Serialize(new StoredBaseline(watch.Fingerprint, baseline), StoredBaselineJson.Default.StoredBaseline);
        return await redis.TryAsync(database => database.StringSetAsync(KeyOf(watch), text, Lifetime, when), cancellationToken);
    }

    private static RedisKey KeyOf(VersionWatch watch) => $"drift:{watch.Reference}";

    private static StoredBaseline? Read(RedisValue value)
    {
        if (value.IsNull) return null;
        try
        {
            return JsonSerializer.Deserialize((string)value!, StoredBaselineJson.Default.StoredBaseline);
        }
        catch (JsonException)
        {
            // Another version of the platform wrote it.
            return null;
        }
    }
}

/// <param name="Fingerprint">Of the model whose answers it describes.</param>
internal sealed record StoredBaseline(string Fingerprint, DriftBaseline Baseline);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StoredBaseline))]
internal sealed partial class StoredBaselineJson : JsonSerializerContext;
