using Microsoft.ML.OnnxRuntime;

namespace Benchmarks.Engine;

/// <summary>How the engine is driven.</summary>
/// <param name="Loops">Each with a part of the rows.</param>
/// <param name="Threads">Inside a run.</param>
/// <param name="Spin">Microseconds for which a thread burns its core before it sleeps between two operators; 0 for not at all, null for a long time.</param>
internal sealed record DecoderConfiguration(int Loops, int Threads, int? Spin)
{
    private static readonly int Cores = Environment.ProcessorCount;

    public static IEnumerable<DecoderConfiguration> All
        => Cores == 1 ? [new(1, 1, 0)] : [new(1, 1, 0), new(Cores, 1, 0), new(1, Cores, null), new(1, Cores, 1000), new(1, Cores, 0)];

    public SessionOptions ToOptions()
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = Threads,
            InterOpNumThreads = 1,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", Spin == 0 ? "0" : "1");
        if (Spin is { } limit and > 0) options.AddSessionConfigEntry("session.intra_op.spin_duration_us", $"{limit}");
        return options;
    }

    public override string ToString()
        => $"{Loops} loop{(Loops == 1 ? "" : "s")} × {Threads} thread{(Threads == 1 ? "" : "s")}{Spin switch { null => ", spinning", 0 => "", var s => $", spinning {s} µs" }}";
}
