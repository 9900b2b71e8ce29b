using System.Text.Json.Serialization;
using Gateway.Models;

namespace Gateway.Replicas;

/// <summary>A model server's answer to <c>/health</c>.</summary>
/// <param name="Models">Its models; null where it did not take the gateway's token.</param>
internal sealed record ReplicaHealth(string? Status, bool ModelLoaded, bool GpuAvailable, MemoryUsage? MemoryUsage, ReplicaLoad? Load = null, ReplicaModels? Models = null)
{
    public const string Healthy = "healthy", Starting = "starting", Unhealthy = "unhealthy", Degraded = "degraded", Draining = "draining";

    public static readonly ReplicaHealth Unreachable = new(Unhealthy, false, false, null);
}

/// <summary>What a model server has to do.</summary>
/// <param name="State"><c>ready</c> or <c>draining</c>.</param>
/// <param name="QueuedTokens">Tokens admitted and not yet answered.</param>
/// <param name="InFlight">Requests being answered.</param>
/// <param name="KvUse">The part of the key-value cache in use, from 0 to 1.</param>
/// <param name="Models">The versions that are ready, as <c>name:version</c>.</param>
public sealed record ReplicaLoad(string? State, long QueuedTokens, int InFlight, double KvUse, string[]? Models);

/// <summary>Memory in bytes, summed over the model servers.</summary>
/// <param name="ProcessBytes">Physical memory of the processes.</param>
/// <param name="ManagedBytes">The part of it that the .NET heap holds.</param>
/// <param name="GpuBytes">GPU memory in use, or null without a GPU.</param>
public sealed record MemoryUsage(long ProcessBytes, long ManagedBytes, long? GpuBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReplicaHealth))]
internal sealed partial class ReplicaHealthJson : JsonSerializerContext;
