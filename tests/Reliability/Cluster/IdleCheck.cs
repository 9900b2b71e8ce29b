namespace Reliability.Cluster;

/// <summary>Whether nothing is left of requests that have ended.</summary>
internal static class IdleCheck
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    /// <summary>What a model server holds for requests, by metric.</summary>
    private static readonly string[] Held = ["generation_active_rows", "model_active_requests", "model_queue_sequences", "model_queue_tokens"];

    /// <summary>Waits until the platform, which nobody asks anything, holds nothing any more.</summary>
    /// <returns>What it still holds; null for nothing.</returns>
    public static async Task<string?> WaitAsync(FaultCluster cluster, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Within);
        string? left = null;
        try
        {
            while ((left = await LeftAsync(cluster, limit.Token)) is not null) await Task.Delay(100, limit.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return left ?? "it could not be asked";
        }
    }

    private static async Task<string?> LeftAsync(FaultCluster cluster, CancellationToken cancellation)
    {
        foreach (var replica in cluster.Replicas)
        {
            var metrics = await cluster.Client.MetricsAsync(replica.Port, cancellation);
            if (metrics.Length == 0) return $"{replica.Name} does not answer";
            foreach (var name in Held)
                if (MetricValues.Sum(metrics, name) is not 0 and var value) return $"{replica.Name}: {name} is {value}";
        }

        foreach (var gateway in cluster.Gateways)
        {
            if (await cluster.Client.ReplicasAsync(gateway.Port, cancellation) is not { } replicas) return $"{gateway.Name} does not answer";
            if (replicas.FirstOrDefault(r => r.Sending > 0) is { Sending: > 0 } busy) return $"{gateway.Name} has {busy.Sending} requests on their way to {busy.Id}";
        }

        return null;
    }
}
