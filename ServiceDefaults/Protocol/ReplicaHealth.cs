using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Protocol;

/// <summary>A model server's answer to <c>/health</c>.</summary>
/// <param name="Status"><c>healthy</c>, <c>starting</c>, <c>draining</c> or <c>unhealthy</c>.</param>
/// <param name="ModelLoaded">Whether any model is ready.</param>
/// <param name="GpuAvailable">Whether inference runs on a GPU.</param>
/// <param name="Models">Its models; null for a caller whose token may not list them.</param>
/// <param name="Versions">The versions as rollouts need to know them; null for the same callers.</param>
public sealed record ReplicaHealth(
    string? Status, bool ModelLoaded, bool GpuAvailable, MemoryUsage? MemoryUsage, ReplicaLoad? Load = null, ReplicaModels? Models = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReplicaVersion?[]? Versions = null)
{
    public const string Healthy = "healthy", Starting = "starting", Unhealthy = "unhealthy", Draining = ReplicaLoad.Draining;

    public static readonly ReplicaHealth Unreachable = new(Unhealthy, false, false, null);

    /// <summary>What it has done so far; null for a caller whose token may not list its models, and from a version that does not count.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReplicaCounters? Counters { get; init; }
}

/// <summary>What a model server has to do.</summary>
/// <param name="State"><c>ready</c> or <c>draining</c>: told to stop, it finishes what it has and takes nothing new.</param>
/// <param name="QueuedTokens">Tokens admitted and not yet answered, of all models.</param>
/// <param name="InFlight">Requests being answered.</param>
/// <param name="KvUse">The part of the key-value cache in use, from 0 to 1, of the generator that is fullest; 0 where nothing generates.</param>
/// <param name="Models">The versions that are ready, as <c>name:version</c>; null for a caller whose token may not list them.</param>
public sealed record ReplicaLoad(string? State, long QueuedTokens, int InFlight, double KvUse, string[]? Models)
{
    public const string Ready = "ready", Draining = "draining";
}

/// <summary>A model server's models. Whoever reads it must expect nulls: another process wrote it.</summary>
/// <param name="Data">Every model, whatever its state.</param>
/// <param name="DefaultTasks">The tasks that it answers requests without a model's name for.</param>
public sealed record ReplicaModels(ModelDescription?[]? Data, string?[]? DefaultTasks);

/// <summary>Memory in bytes, of one process or of several together.</summary>
/// <param name="ProcessBytes">Physical memory of the process.</param>
/// <param name="ManagedBytes">The part of it that the .NET heap holds.</param>
/// <param name="GpuBytes">Memory in use on all GPUs, or null without a GPU.</param>
public sealed record MemoryUsage(long ProcessBytes, long ManagedBytes, long? GpuBytes);

[JsonSerializable(typeof(ReplicaHealth))]
public sealed partial class ReplicaHealthJson : JsonSerializerContext
{
    /// <summary>Leaves letters of any script readable: the answer is never part of a page.</summary>
    public static ReplicaHealthJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
