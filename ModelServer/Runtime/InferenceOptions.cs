using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Runtime;

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

    /// <summary>Threads inside a run that has an encoder's machine to itself: nothing else runs or waits as it begins. Null: all cores, 8 at most, while such runs are
    /// found to be faster by it. 1: as every other run. More: so many, without asking. On a CPU only. Where <see cref="Cores"/> are fewer than there are, all that there
    /// are are meant, for requests of which the gateway says that nothing else is under way.</summary>
    [Range(1, 256)]
    public int? LoneThreads { get; set; }

    /// <summary>Threads per model that run the engine, each a batch of its own. Null: on a CPU as many as the cores have room for, on a GPU 2, which is
    /// shared by all: more only wait for each other.</summary>
    [Range(1, 1024)]
    public int? Workers { get; set; }

    /// <summary>Padded tokens (rows × longest row) that one run may hold. Null: 512 on a CPU, which gets slower per token beyond; 16,384 on a GPU,
    /// which stands half idle below some thousands.</summary>
    [Range(16, 1 << 20)]
    public int? BatchTokens { get; set; }

    /// <summary>What a run costs beside its padded tokens, in tokens: on a CPU mostly reading the weights, 6 to 18 by the size of the model; on a GPU
    /// starting its kernels. The larger, the more padding a fuller run is worth. Null: 12 on a CPU, 300 on a GPU.</summary>
    [Range(1, 1 << 16)]
    public int? RunOverhead { get; set; }

    /// <summary>Sequences waiting per model before further requests are refused with 503.</summary>
    [Range(1, 1 << 20)]
    public int QueuedSequences { get; set; } = 2048;

    /// <summary>Tokens waiting per model before further requests are refused with 503.</summary>
    [Range(512, 1 << 28)]
    public int QueuedTokens { get; set; } = 262_144;

    /// <summary>How long a sequence may be overtaken by other clients or more urgent work before it goes first.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the oldest sequence waits for company in its batch; it adds that to the latency of a server with little to do. Null: not at all
    /// on a CPU, where waiting never pays; 2 ms on a GPU.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan? BatchDelay { get; set; }

    /// <summary>Shares of the engine by token subject when clients compete; 1 for those not named.</summary>
    public Dictionary<string, double> ClientWeights { get; set; } = [];

    public int EffectiveCores => Cores > 0 ? Math.Min(Cores, Environment.ProcessorCount) : Environment.ProcessorCount;
}

internal enum DeviceKind
{
    Auto,
    Cpu,
    Cuda,
}

[OptionsValidator]
internal sealed partial class InferenceOptionsValidator : IValidateOptions<InferenceOptions>;
