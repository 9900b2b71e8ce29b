using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ModelServer.Constraints.Automata;

/// <summary>Where a mask came from.</summary>
internal enum MaskSource
{
    /// <summary>It was computed before.</summary>
    Known,

    /// <summary>It was computed while the engine ran.</summary>
    Ahead,

    /// <summary>The loop waited for it.</summary>
    Waited,
}

/// <summary>What constrained decoding counts.</summary>
internal sealed class ConstraintMetrics
{
    private readonly Histogram<double> _compiles;
    private readonly Counter<long> _grammars;
    private readonly Counter<long> _masks;

    public ConstraintMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("ModelServer");
        _compiles = meter.CreateHistogram("constraint.compile.duration", "s", "Compiling a grammar.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
        });
        _grammars = meter.CreateCounter<long>("constraint.grammars", "{grammar}", "Grammars that requests asked for.");
        _masks = meter.CreateCounter<long>("constraint.masks", "{mask}", "Masks that steps took.");
    }

    public void Compiled(string model, TimeSpan elapsed) => _compiles.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("model", model));

    /// <param name="isKnown">Whether it had been compiled before.</param>
    public void Asked(string model, bool isKnown) => _grammars.Add(1, Tags(model, isKnown ? "known" : "compiled"));

    public void Masked(string model, MaskSource source) => _masks.Add(1, Tags(model, source switch
    {
        MaskSource.Known => "known",
        MaskSource.Ahead => "ahead",
        _ => "waited",
    }));

    private static TagList Tags(string model, string source) => new() { { "model", model }, { "source", source } };
}
