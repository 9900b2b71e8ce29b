using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Inference;

/// <summary>Where models run and how much of the machine they take.</summary>
internal sealed class InferenceOptions
{
    public const string SectionName = "Inference";

    /// <summary><c>auto</c> takes a GPU when one works and warns when none does; any other device is used or the server refuses to start.</summary>
    public DeviceKind Device { get; set; } = DeviceKind.Auto;

    /// <summary>Which GPU, by its CUDA ordinal.</summary>
    [Range(0, 63)]
    public int DeviceId { get; set; }

    /// <summary>CPU cores this replica may use; 0 means all that the process sees (cgroup limits count).</summary>
    [Range(0, 1024)]
    public int Cores { get; set; }

    /// <summary>Threads inside one run. 1 lets every core run a batch of its own, the fastest for encoders below about 50 M parameters.</summary>
    [Range(1, 256)]
    public int IntraOpThreads { get; set; } = 1;

    /// <summary>Padded tokens (rows × longest row) that one run may hold; beyond about 512 a CPU gets slower per token.</summary>
    [Range(16, 1 << 20)]
    public int BatchTokens { get; set; } = 512;

    /// <summary>What a run costs beside its padded tokens, in tokens: mostly reading the weights. 6 to 18 on CPUs, by the size of the model;
    /// hundreds on GPUs. The larger, the more padding a fuller run is worth.</summary>
    [Range(1, 1 << 16)]
    public int RunOverhead { get; set; } = 12;

    /// <summary>Sequences waiting per model before further requests are refused with 503.</summary>
    [Range(1, 1 << 20)]
    public int QueuedSequences { get; set; } = 2048;

    /// <summary>Tokens waiting per model before further requests are refused with 503.</summary>
    [Range(512, 1 << 28)]
    public int QueuedTokens { get; set; } = 262_144;

    /// <summary>How long a sequence may be overtaken by other clients or more urgent work before it goes first.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait for a fuller batch. 0 on a CPU, where waiting never pays; a few milliseconds can pay on a GPU.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan BatchDelay { get; set; }

    /// <summary>Shares of the engine by token subject when clients compete; 1 for those not named.</summary>
    public Dictionary<string, double> ClientWeights { get; set; } = [];

    public int EffectiveCores => Cores > 0 ? Math.Min(Cores, Environment.ProcessorCount) : Environment.ProcessorCount;

    /// <summary>Dedicated inference threads per model.</summary>
    public int Workers => Math.Max(1, EffectiveCores / IntraOpThreads);
}

internal enum DeviceKind
{
    Auto,
    Cpu,
    Cuda,
}

[OptionsValidator]
internal sealed partial class InferenceOptionsValidator : IValidateOptions<InferenceOptions>;
