using System.Text.Json.Serialization;
using Yarp.ReverseProxy.Model;

namespace Gateway.Health;

/// <summary>A model server's answer to <c>/health</c>.</summary>
internal sealed record ReplicaHealth(string? Status, bool ModelLoaded, bool GpuAvailable, MemoryUsage? MemoryUsage)
{
    public const string Healthy = "healthy", Starting = "starting", Unhealthy = "unhealthy", Degraded = "degraded";

    public static readonly ReplicaHealth Unreachable = new(Unhealthy, false, false, null);
}

/// <summary>Memory in bytes, summed over the model servers.</summary>
/// <param name="ProcessBytes">Physical memory of the processes.</param>
/// <param name="ManagedBytes">The part of it that the .NET heap holds.</param>
/// <param name="GpuBytes">GPU memory in use, or null without a GPU.</param>
public sealed record MemoryUsage(long ProcessBytes, long ManagedBytes, long? GpuBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReplicaHealth))]
internal sealed partial class ReplicaHealthJson : JsonSerializerContext;

internal static class ReplicaReadiness
{
    /// <summary>Whether the last probes of <c>/ready</c> held and no connection was refused since.</summary>
    public static bool IsReady(this DestinationState replica)
        => replica.Health is { Active: DestinationHealth.Healthy, Passive: not DestinationHealth.Unhealthy };
}
