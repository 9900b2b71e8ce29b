namespace Benchmarks.Faults;

/// <summary>How a request ended for its client.</summary>
internal enum Ending
{
    Whole,

    /// <summary>A stream whose last event was an error.</summary>
    CutWithAWord,

    Failed,
}

/// <summary>One request as its client saw it.</summary>
/// <param name="Phase">The phase in which it ended.</param>
/// <param name="Ticks">From sending to its end.</param>
/// <param name="Failure">What went wrong.</param>
internal readonly record struct FaultAnswer(int Phase, string Route, long Ticks, Ending Ending, string? Failure);
